// The one script that a page of the evidence archive may have: it checks an archive in the browser, and searches.
import { startCheckForm } from './check-form';
import { startSearch } from './search';

if (document.getElementById('check') !== null) startCheckForm();
if (document.getElementById('search') !== null) startSearch();

// Without it esbuild takes the file for CommonJS, as the package says, and wraps everything.
export {};
