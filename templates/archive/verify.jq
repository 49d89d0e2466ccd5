# The rules that verify.sh applies; it gives this program all that it has read, and does what only openssl can.
#
# Given: $sums, $sizes   the output of sha256sum over every file and of wc -c over entries and manifests
#        input lines     one per entry or manifest: its path, a tab, and its lines, each ended by \u0001
#        $unlike          the manifests that are not as jq writes them, a line for each
#        $only, $from, $to, $heads   what was asked for
# Gives: lines of tab-separated fields
#   bad CODE WHERE                         something is wrong
#   note CODE WHERE                        something to know
#   key CODE FILE                          CODE is wrong unless this is a public key of that name
#   sign CODE WHERE KEY SIGNATURE FILE     CODE is wrong unless the key made the signature over the file,
#   sign CODE WHERE KEY SIGNATURE - TEXT   … or over this text
#   witness WHERE SIGNATURE                an RFC 3161 time stamp that must be over the signature

def bad($code; $where): "bad\t\($code)\t\($where)";
def note($code; $where): "note\t\($code)\t\($where)";
def padded: "0000000\(.)"[-8:];

# ---- What was read ------------------------------------------------------------------------------------
# "ab12…  ./daily.all/x" becomes {"daily.all/x": "ab12…"}
($sums | [split("\n")[] | select(.[64:68] == "  ./") | {key: .[68:], value: .[:64]}] | from_entries) as $sum |
($sizes | [scan("([0-9]+) [.]/([^\n]+)") | {key: .[1], value: (.[0] | tonumber)}] | from_entries) as $size |
([inputs | split("\t") | select(length > 1) | {key: .[0][2:], value: (.[1:] | join("\t"))}] | from_entries) as $text |

($unlike | split("\n") | map({key: .[2:], value: true}) | from_entries) as $unlike |

def parsed: if $unlike[.] then null else . end | ($text[. // ""] // "") | try (split("\u0001") | join("\n") | fromjson) catch null;
# Two digits of base64 are three of hexadecimal.
def base64_hex: [explode[] | if . >= 97 then . - 71 elif . >= 65 then . - 65 elif . >= 48 and . < 58 then . + 4
    elif . == 43 then 62 elif . == 47 then 63 else 0 end] as $digits |
  [range(0; $digits | length; 2) as $i | $digits[$i] * 64 + $digits[$i + 1] |
    (. / 256 | floor), ((. / 16 | floor) % 16), . % 16 | "0123456789abcdef"[.:. + 1]] | join("");
# Only one text in base64 stands for the same bytes.
def is_base64: test("\\A([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?\\z");
def is_hex: test("\\A[0-9a-f]{64}\\z");

# An entry's parts. Most of an entry is not signed, so it is written again from what is, and compared.
def seal($file): ($file | parsed) as $bundle | try (
  $bundle.messageSignature | {digest: .messageDigest.digest, signature, hint: $bundle.verificationMaterial.publicKey.hint} |
  ["{", "  \"mediaType\": \"application/vnd.dev.sigstore.bundle.v0.3+json\",", "  \"messageSignature\": {",
   "    \"messageDigest\": {", "      \"algorithm\": \"SHA2_256\",", "      \"digest\": \"\(.digest)\"", "    },",
   "    \"signature\": \"\(.signature)\"", "  },", "  \"verificationMaterial\": {", "    \"publicKey\": {",
   "      \"hint\": \"\(.hint)\"", "    }", "  }", "}", ""] as $lines |
  if ($lines | join("\u0001")) == $text[$file] and ($lines | join("\n") | length) == $size[$file] and
    (.digest | length == 44 and is_base64) and (.signature | is_base64) and (.hint | is_hex)
  then .digest |= base64_hex[:64] else {} end) catch {};

def add_days($days): strptime("%Y-%m-%d") | mktime + $days * 86400 | gmtime | strftime("%Y-%m-%d");
def is_count: type == "number" and . == floor and . >= 0 and . <= 9007199254740991;
def is_number: is_count and . > 0;
def is_text($most): type == "string" and length > 0 and length <= $most;
def is_date: test("\\A[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}\\z") and add_days(0) == .;
def is_instant: test("\\A.{10}T([01][0-9]|2[0-3])(:[0-5][0-9]){2}[.][0-9]{3}Z\\z") and (.[:10] | is_date);
def has($names): keys == ($names | split(" ") | sort);
def all_counts($names): has($names) and all(.[]; is_count);
def is_outcome: IN("error", "fail", "info", "pass");
def is_period: has("kind id from to start end timeZone") and (.kind | IN("day", "week", "month", "quarter")) and
  (.timeZone | is_text(64)) and (.id | test("\\A[0-9]{4}-([0-9]{2}(-[0-9]{2})?|W[0-9]{2}|Q[1-4])\\z")) and
  all(.from, .to; is_date) and all(.start, .end; is_instant);
def is_reference: has("sequence sha256") and (.sequence | is_number) and (.sha256 | is_hex);
# What an entry of a kind says beside what every entry says.
def own_keys: {genesis: "reportId scopeId definitionSha256 schedule", gap: "period reason attempts since",
  run: "period trigger outcome definitionSha256 audits counts intake", review: "period reviews decision reviewedAt",
  amendment: "period amends number askedAt after rows outcome definitionSha256 audits counts intake",
  "key-rotation": "newKeyFingerprint reason proof", "definition-change": "definitionSha256 schedule",
  destruction: "entries policy destroyedAt"}[.];
def is_audit: has("id outcome querySha256 rows answer executedAt") and (.id | is_text(200)) and (.outcome | is_outcome) and
  (.querySha256 | is_hex) and (.rows | is_count) and (.answer | IN("complete", "partial", "failed")) and (.executedAt | is_instant);
def is_manifest: try (has("_type predicateType subject predicate") and
  ._type == "https://in-toto.io/Statement/v1" and .predicateType == "https://tallyman.dev/manifest/v1" and
  (.subject | length > 0) and (.subject | all(.[]; keys == ["digest", "name"] and (.name | is_text(1024)) and
    (.digest | keys == ["sha256"]) and (.digest.sha256 | is_hex))) and
  ([.subject[].name] | length == (unique | length)) and (.predicate |
    (if .kind == "definition-change" and (.reason | . == null or is_text(2000)) then del(.reason) else . end |
      has("kind stream sequence previous keyFingerprint software startedAt sealedAt \(.kind | own_keys)")) and
    (.software | has("name version commit") and all(.[]; is_text(200))) and
    (.stream | test("\\A[a-z0-9-]+[.][a-z0-9-]+\\z")) and (.sequence | is_number) and (.keyFingerprint | is_hex) and
    (.previous == null or (.previous | is_reference)) and all(.startedAt, .sealedAt; is_instant) and
    if .kind == "genesis" or .kind == "definition-change" then (.definitionSha256 | is_hex) and
      (.kind == "definition-change" or all(.reportId, .scopeId; is_text(200))) and
      (.schedule | has("firstPeriod deliverAt settleHours") and (.firstPeriod | is_period) and
      (.deliverAt | test("\\A[0-9]{2}:[0-9]{2}\\z")) and (.settleHours | type == "number" and . >= 0))
    elif .kind == "run" or .kind == "amendment" then (.definitionSha256 | is_hex) and (.period | is_period) and
      (.outcome | is_outcome) and (.audits | type == "array" and all(.[]; is_audit)) and
      (.counts | has("audits findings waived") and (.waived | is_count) and (.audits | all_counts("error fail info pass")) and
        (.findings | all_counts("critical high medium low info"))) and
      (.intake | all_counts("blobs bytes records duplicates unreadable")) and
      if .kind == "run" then .trigger | IN("timer", "catch-up", "manual")
      else (.amends | is_reference) and (.number | is_number and . <= 9999) and (.askedAt | is_instant) and
        (.after | . == null or is_count) and (.rows | all_counts("added vanished changed")) end
    elif .kind == "gap" then (.period | is_period) and (.attempts | is_count) and (.since | is_instant) and (.reason | is_text(2000))
    elif .kind == "review" then (.period | is_period) and (.reviews | is_reference) and (.reviewedAt | is_instant) and
      (.decision | IN("accepted", "noted", "rejected"))
    elif .kind == "key-rotation" then (.newKeyFingerprint | is_hex) and (.proof | is_base64) and (.reason | is_text(2000))
    elif .kind == "destruction" then (.entries | length > 0 and all(.[]; is_reference)) and (.destroyedAt | is_instant) and
      (.policy | has("text days") and (.text | is_text(2000)) and (.days | is_count))
    else false end)) catch false;

# ---- Which files an entry of a kind may speak for -----------------------------------------------------
def folder: if .kind == "run" then "runs/\(.period.id)/" elif .kind == "amendment"
  then "runs/\(.period.id)/amendments/\(.number)/" elif .kind == "review"
  then "reviews/\(.reviews.sequence | padded)/" else null end;
def may_list($p): if ($p | folder) != null then startswith($p | folder) and
    (test("[^A-Za-z0-9._=/-]|//|/[.]*/|/[.]*$") | not) and
    ($p.kind != "run" or (startswith($p | folder + "amendments/") | not))
  elif $p.kind == "genesis" then IN("../verify.sh", "../verify.jq", "../README.txt", "../keys/\($p.keyFingerprint).pem")
  elif $p.kind == "key-rotation" then . == "../keys/\($p.newKeyFingerprint).pem"
  else . == "manifests/\($p.previous.sha256).json" end;

# What nobody can do a run again without.
def lists_enough($p): ($p.kind | IN("run", "amendment") | not) or
  [($p | folder) + ("definition.json", "run.json")] - map(.name) == [];

# ---- The chain: numbers, links, keys ------------------------------------------------------------------
# A stream's entries, oldest first: $n is its number, p what it says, key the one that it must be signed with.
def entries($stream): [$sum | keys[] | select(startswith("\($stream)/chain/")) |
    select(test("/chain/[0-9]{8}[.]sigstore[.]json$") and (endswith("/00000000.sigstore.json") | not)) |
    {file: ., n: (.[-22:-14] | tonumber)} + seal(.) |
    if .digest then .manifest = "\($stream)/manifests/\(.digest).json" else . end |
    if .digest and $sum[.manifest] == .digest then (.manifest | parsed) as $m |
      if $m | is_manifest then .p = $m.predicate | .subject = $m.subject else . end else . end] |
  reduce .[] as $e ({all: [], n: 0};
    (if $e.n != 1 then .key elif $e.p.kind == "genesis" then $e.p.keyFingerprint else null end) as $key |
    .all += [$e + {key: $key, expected: (.n + 1), link: (if $e.n == .n + 1 then .digest else null end)}] |
    .n = $e.n | .digest = $e.digest | .key = if $e.p.kind == "key-rotation" and $key != null and
      $e.p.stream == $stream and $e.hint == $key and $e.p.keyFingerprint == $key
      then $e.p.newKeyFingerprint else $key end) | .all;

def key_line($key): if $sum["keys/\($key).pem"] then "key\tkey-altered\tkeys/\($key).pem"
  else bad("key-missing"; "keys/\($key).pem") end;
def check_keys($e): $e.p as $p |
  if $e.hint != $e.key or $p.keyFingerprint != $e.key then bad("key-unknown"; $e.file) else
    key_line($e.key), "sign\tsignature-wrong\t\($e.file)\t\($e.key)\t\($e.signature)\t\($e.manifest)",
    if $p.kind != "key-rotation" or $p.stream != $e.stream then empty
    elif $p.newKeyFingerprint == $e.key then bad("rotation-wrong"; $e.file) else
      key_line($p.newKeyFingerprint),
      "sign\trotation-wrong\t\($e.file)\t\($p.newKeyFingerprint)\t\($p.proof)\t-\ttallyman key rotation\\nstream \($p.stream)\\nsequence \($p.sequence)\\nprevious \($p.previous.sha256)\\nold \($p.keyFingerprint)\\nnew \($p.newKeyFingerprint)\\n"
    end end;
def check_entry($stream): . as $e | .p as $p | def expect($code; ok): if ok then empty else bad($code; $e.file) end;
  if .n != .expected then bad("sequence-gap"; "\($stream)/chain/\(.expected | padded)") else empty end,
  if .digest == null then bad("entry-malformed"; .file)
  elif $sum[.manifest] == null then bad("manifest-missing"; .manifest)
  elif $sum[.manifest] != .digest then bad("manifest-altered"; .manifest)
  elif $p == null then bad("manifest-malformed"; .manifest)
  else
    expect("stream-wrong"; $p.stream == $stream),
    expect("sequence-wrong"; $p.sequence == .n),
    expect("genesis-misplaced"; ($p.kind == "genesis") == (.n == 1)),
    expect("link-broken"; if .n == 1 then $p.previous == null else $p.previous.sequence == .n - 1 and
      (.link == null or $p.previous.sha256 == .link) end),
    if $p.stream != $stream then empty elif any(.subject[].name; may_list($p) | not) then bad("subject-misplaced"; .file)
    elif .subject | lists_enough($p) then empty else bad("subject-incomplete"; .file) end,
    if .key then check_keys(. + {stream: $stream}) else empty end
  end;
# Entries that say something of this stream, about files that they may speak for.
def speaking($stream): map(select(.p.stream == $stream and (.p as $p | all(.subject[].name; may_list($p)))));

# ---- What entries say of earlier ones -----------------------------------------------------------------
def seconds: sub("[.][0-9]+Z$"; "Z") | fromdateiso8601;
# An entry that is missing or unreadable is reported itself, and not held against those that name it.
def names_wrongly($seen; $n; $r; $kinds; $period): $seen[$r.sequence | tostring] as $t | $r.sequence >= $n or
  ($t != null and ($t.digest != $r.sha256 or all($kinds[]; . != $t.p.kind) or ($period != null and $t.p.period != $period)));
# {bad: entries, destroyed: {entry: by}, spoken: {period: kind}, numbers: {period: its last amendment}}
def references: ["run", "gap", "amendment"] as $speak | ["run", "amendment", "review"] as $own |
  reduce .[] as $e ({seen: {}, last: {}, numbers: {}, spoken: {}, destroyed: {}, bad: []};
    $e.p as $p | $p.period.id as $id | .seen as $seen | .destroyed as $gone |
    if any($p.startedAt, $p.period.end, $p.destroyedAt; . != null and . > $p.sealedAt)
      then .bad += [bad("time-wrong"; $e.file)] else . end |
    if $p.kind == "run" or $p.kind == "gap" then .last[$id] = $e.n | .spoken[$id] = $p.kind
    elif $p.kind == "amendment" then
      if names_wrongly($seen; $e.n; $p.amends; $speak; $p.period) or $p.number <= (.numbers[$id] // 0) or
        ($seen[$p.amends.sequence | tostring] != null and .last[$id] != null and .last[$id] != $p.amends.sequence)
      then .bad += [bad("amendment-wrong"; $e.file)] else . end |
      .last[$id] = $e.n | .numbers[$id] = ([$p.number, .numbers[$id] // 0] | max)
    elif $p.kind == "review" and names_wrongly($seen; $e.n; $p.reviews; $speak; $p.period)
      then .bad += [bad("review-wrong"; $e.file)]
    elif $p.kind == "destruction" then reduce $p.entries[] as $r (.; ($r.sequence | tostring) as $name |
      if names_wrongly($seen; $e.n; $r; $own; null) or .destroyed[$name] != null or ($seen[$name] != null and
        ($p.destroyedAt | seconds) < ($seen[$name].p.sealedAt | seconds) + $p.policy.days * 86400)
      then .bad += [bad("destruction-wrong"; $e.file)] else .destroyed[$name] = $e.n end)
    else . end | .seen["\($e.n)"] = ($e | {digest, p: (.p | {kind, period, sealedAt})}));

# ---- Definitions and periods --------------------------------------------------------------------------
def weekday: strptime("%Y-%m-%d") | mktime | gmtime | strftime("%u") | tonumber;
# The first date of the day, week, month or quarter that holds a date, and its name.
def first_date($kind): if $kind == "week" then . as $date | add_days(1 - ($date | weekday)) elif $kind == "day" then .
  elif $kind == "month" then "\(.[:7])-01" else "\(.[:4])-\((.[5:7] | tonumber - 1) / 3 | floor * 3 + 1 | "0\(.)"[-2:])-01" end;
def name_of($kind): if $kind == "week" then strptime("%Y-%m-%d") | mktime | gmtime | strftime("%G-W%V") elif $kind == "day" then .
  elif $kind == "month" then .[:7] else "\(.[:4])-Q\((.[5:7] | tonumber + 2) / 3 | floor)" end;
# The first date of the whole period that a period ends with, or null when its parts contradict each other.
def whole: . as $p | try (.to | add_days(-1) | first_date($p.kind) |
  if (. == first_date($p.kind)) and ($p.to | first_date($p.kind)) == $p.to and name_of($p.kind) == $p.id and
    $p.from <= . and $p.start < $p.end then . else null end) catch null;
# What was promised, oldest first; a change takes the place of everything from its first period on.
def promises: reduce (.[] | select(.p.kind == "genesis" or .p.kind == "definition-change")) as $e ([];
  map(select(.first.start < $e.p.schedule.firstPeriod.start)) +
  [{first: $e.p.schedule.firstPeriod, definition: $e.p.definitionSha256}]);
def at($time): map(select(.first.start <= $time)) | last;
def covered: map(select(.p.kind == "run" or .p.kind == "gap"));

def changes_wrongly($history; $before; $all): .p.schedule.firstPeriod as $new | ($new | whole) as $first |
  # By the old calendar the last old period ended. What is replaced has ended none.
  ($history | (map(select(.first.start < $new.start)) | last) // .[0]) as $old | if $history == [] then false else
  $new.start < $history[0].first.start or $first == null or
  (if $new == ($history | at($new.start) | .first) then false
    elif $new.kind == $old.first.kind and $new.timeZone == $old.first.timeZone then $first != $new.from
    # Cut otherwise, the first whole new period begins where the last old one ended, and is no longer than it must be.
    else ($first | add_days(-1) | first_date($new.kind)) as $before_it |
      (if $new.timeZone == $old.first.timeZone then $before_it >= $new.from else $before_it > $new.from end) or
      any($before | covered[].p.period; .start >= $new.start) end) or
  any($all | covered[].p.period; .start < $new.start and $new.start < .end) end;
def check_definitions: . as $all | [range(0; length) as $i | select($all[$i].p.kind == "definition-change") | $i] as $changes |
  ($changes[] as $i | $all[$i] | select(changes_wrongly($all[:$i] | promises; $all[:$i]; $all)) | bad("definition-wrong"; .file)),
  foreach .[] as $e ({history: [], seen: {}};
    if $e.p.schedule then ([{p: $e.p}] | promises[0]) as $new |
      .history |= map(select(.first.start < $new.first.start)) + [$new] else . end |
    .seen["\($e.n)"] = $e.p.definitionSha256;
    . as $s | $e | select(.p.kind == "run" or .p.kind == "amendment") |
    ($s.history | at($e.p.period.start)) as $in_force |
    select($in_force != null and .p.definitionSha256 != $in_force.definition and
      (.p.kind == "run" or .p.definitionSha256 != $s.seen[.p.amends.sequence | tostring])) |
    bad("definition-unannounced"; .file));

def check_periods($stream): promises as $history | covered as $covered | ($covered | sort_by(.p.period.start, .n)) as $order |
  if $history == [] then empty else
    (foreach $order[] as $e ($history[0].first | {next: {"end": .start, to: .from}};
      .was = .next | .last = .id | .id = $e.p.period.id | .next = $e.p.period;
      . as $s | $e.p.period as $p | ($history | at($p.start) // $history[0]).first as $first |
      (if $p.kind != $first.kind or $p.timeZone != $first.timeZone then true
        elif $p.start == $first.start then $p.end != $first.end or $p.id != $first.id or $p.from != $first.from or $p.to != $first.to
        else ($p | whole) != $p.from end | if . then bad("period-wrong"; $e.file) else empty end),
      if $s.last == $p.id then bad("period-repeated"; $e.file)
      elif $p.start > $s.was.end and $p.from > $s.was.to then bad("period-missing"; $e.file)
      elif $p.start != $s.was.end or $p.from != $s.was.to then bad("period-wrong"; $e.file) else empty end)),
    ($order[0].p.period.from // "") as $begin | ($order[-1].p.period.to // "") as $until |
    if ($from == "" or ($begin != "" and $begin <= $from and $from < $until)) and
      ($to == "" or ($begin != "" and ($from == "" or $from < $to) and $begin < $to and $to <= $until))
    then empty else bad("range-uncovered"; "\($stream) \($begin) \($until)") end
  end;

# ---- Files --------------------------------------------------------------------------------------------
def path($stream): if startswith("../") then .[3:] else "\($stream)/\(.)" end;
def check_files($stream; $destroyed): .[] | $destroyed["\(.n)"] as $by | . as $e |
  [.subject[] | {path: (.name | path($stream)), digest: .digest.sha256}] |
  (.[] | $sum[.path] as $found | if $found == null then select($by == null) | bad("file-missing"; .path)
    elif $found != .digest then bad("file-altered"; .path) else empty end),
  if $by == null then empty elif any(.[]; $sum[.path]) then note("destruction-unfinished"; $e.file)
  else note("destroyed-under-retention"; $e.file) end;
# Whether a text is the name of a day, week, month or quarter that a calendar has.
def names_period: try (if test("\\A[1-9][0-9]{3}-W[0-9]{2}\\z")
  then . as $id | (.[6:] | tonumber) as $week |
    $id == ("\(.[:4])-01-04" | first_date("week") | add_days(($week - 1) * 7) | name_of("week"))
  else test("\\A[1-9][0-9]{3}-Q[1-4]\\z") or
    (test("\\A[0-9]{4}-[0-9]{2}(-[0-9]{2})?\\z") and ("\(.)-01"[:10] | is_date)) end) catch false;
# What a file may be that no entry speaks for.
def explain($stream; $entries; $r): . as $file | (.[($stream | length) + 1:] | split("/")) as $part |
  if $part[0] == "witnesses" and ($part | length) == 2 and ($part[1] | test("^[0-9]{8}[.]tsr$")) then
    ($entries | map(select(.digest and "\(.n | padded).tsr" == $part[1]))[0]) as $e |
    if $e then "witness\t\($file)\t\($e.signature)" else bad("witness-wrong"; $file) end
  elif $part[0] == "manifests" and ($part | length) == 2 and $part[1] == "\($sum[$file]).json" and
    ($file | parsed | is_manifest and .predicate.stream == $stream) then note("uncommitted-manifest"; $file)
  elif $part[0] == "reviews" and ($part | length) == 3 and $part[2] == "\($sum[$file]).json" and
    any($entries[]; (.n | padded) == $part[1]) then note("unsealed-review"; $file)
  elif $part[0] == "runs" and ($part | length) > 2 and ($part[1] | names_period) then
    $r.spoken[$part[1]] as $spoken | ($part[2] == "amendments" and ($part | length) > 4) as $amendment |
    if $spoken == null or ($spoken == "gap" and ($amendment | not)) then note("unsealed-run"; "\($stream)/runs/\($part[1])/")
    elif $amendment and $part[3] == "\(($r.numbers[$part[1]] // 0) + 1)" then note("unsealed-amendment"; $file)
    else bad("file-unlisted"; $file) end
  else bad("file-unlisted"; $file) end;

# ---- All of it ----------------------------------------------------------------------------------------
def verify($stream): entries($stream) as $entries | ($entries | speaking($stream)) as $speaking |
  ($speaking | references) as $r |
  {stream: $stream, digests: [$entries[].digest // empty], known: ([$entries[] | .file, .manifest // empty] +
    [$speaking[].subject[].name | path($stream)] | map({key: ., value: true}) | from_entries),
   lines: [if $entries == [] then bad("chain-missing"; $stream) else empty end,
    ($entries[] | check_entry($stream)), $r.bad[], ($speaking | check_definitions, check_periods($stream),
    check_files($stream; $r.destroyed))]} | .known as $known |
  [$sum | keys[] | select(startswith("\($stream)/") and ($known[.] | not)) | explain($stream; $entries; $r)] as $explained |
  .lines += $explained | .unsealed = ($explained | map(select(startswith("note"))) | length);
def in_stream: test("^[a-z0-9-]+[.][a-z0-9-]+/");

[$sum | keys[] | select(in_stream) | split("/")[0]] | unique | map(select($only == "" or . == $only)) | map(verify(.)) |
. as $streams | (map(.known) | add // {}) as $known | ($heads | ascii_downcase | split(" ") | map(select(. != ""))) as $heads |
[if . != [] then empty elif $only != "" then bad("stream-missing"; $only) else bad("archive-empty"; ".") end,
  .[].lines[],
  (if $only == "" then $sum | keys[] | select((in_stream or $known[.]) | not) |
    if test("^keys/[0-9a-f]{64}[.]pem$") then "key\tfile-unlisted\t\(.)" else bad("file-unlisted"; .) end else empty end),
  ($heads[] | . as $head | [$streams[] | select(any(.digests[]; . == $head))][0] as $s |
    if $s == null then bad("head-unknown"; $head) elif $s.digests[-1] != $head
    then note("entries-after-head"; $s.stream) else empty end)] |
# Keys first, so that signatures by an altered one are not asked about; and everything once.
unique | sort_by(startswith("key") | not)[], "unsealed\t\([$streams[].unsealed] | add // 0)",
($streams[] | "head\t\(.stream)\t\(.digests[-1] // "unknown")\t\(any(.digests[]; IN($heads[])))")
