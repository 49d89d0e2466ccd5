// Everything that the deployed app registers; the test of the bundle compares with src/functions.
import '../src/functions/capture';
import '../src/functions/evidence';
import '../src/functions/health';
import '../src/functions/plan';
import '../src/functions/review';
import '../src/functions/run-poison';
import '../src/functions/run';
