#!/bin/sh
# Checks this archive with sh, jq, openssl and sha256sum; changes nothing. README.txt says more.
# usage: sh verify.sh [--from 2026-01-01] [--to 2027-01-01] [--head SHA256] [--stream NAME] [--archive FOLDER]
set -u; export LC_ALL=C
only= from= to= head= folder=$(dirname "$0") date='[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
while [ $# -gt 1 ]; do
  case $1 in --from) from=$2 ;; --to) to=$2 ;; --head) head=$2 ;; --stream) only=$2 ;;
    --archive) folder=$2 ;; *) break ;; esac
  shift 2
done
case $#/$from/$to in 0/$date/$date | 0//$date | 0/$date/ | 0//) ;;
  *) sed -n '3s/# //p' "$0" >&2; exit 64 ;; esac
cd "$folder" || exit 2
for tool in jq openssl sha256sum; do
  command -v $tool >/dev/null || { echo "This needs $tool." >&2; exit 2; }
done
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT || exit 2
for list in bad known heads newest runs; do : >"$tmp/$list"; done

say() { printf '%s\n' "$*" | tr -dc '[:alnum:]:._=/ \n-'; }  # hostile names print nothing odd
bad() { say "$@" | tee -a "$tmp/bad"; }                      # a discrepancy: its code, then where
knows() { echo "./$1" >>"$tmp/known"; }                      # something speaks for this file
sum() { sha256sum "$@" | cut -c1-64; }
is_key() { # is the file a P-256 key, named by its fingerprint, and byte for byte as openssl writes it?
  [ "keys/$(openssl pkey -pubin -in "$1" -outform DER | sum).pem" = "$1" ] &&
    openssl pkey -pubin -in "$1" -noout -text | grep -q prime256v1 &&
    openssl pkey -pubin -in "$1" | cmp -s - "$1"
}

field() { sed -n "s/^ *\"$1\": \"\([^\"]*\)\",*$/\1/p" "$entry"; }
check_entry() { # number $n, in the file $entry; $before is the digest of the entry before, if known
  link=$before before=
  field digest | openssl base64 -d -A >"$tmp/digest"
  field signature | openssl base64 -d -A >"$tmp/signature"
  hint=$(field hint) digest=$(od -An -v -tx1 "$tmp/digest" | tr -d ' \n')
  # Most of an entry is not signed, so it is written again from what is, and compared.
  cat <<END | cmp -s - "$entry" && expr "$digest$hint" : '[0-9a-f]\{128\}$' >/dev/null ||
{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "messageSignature": {
    "messageDigest": {
      "algorithm": "SHA2_256",
      "digest": "$(openssl base64 -A -in "$tmp/digest")"
    },
    "signature": "$(openssl base64 -A -in "$tmp/signature")"
  },
  "verificationMaterial": {
    "publicKey": {
      "hint": "$hint"
    }
  }
}
END
    { bad entry-malformed "$entry"; return; }
  before=$digest manifest=$stream/manifests/$digest.json
  echo "$digest" >>"$tmp/heads"; knows "$manifest"
  [ -f "$manifest" ] || { bad manifest-missing "$manifest"; return; }
  [ "$(sum "$manifest")" = "$digest" ] || { bad manifest-altered "$manifest"; return; }
  if [ "$n" = 1 ]; then
    key=$(jq -r '.predicate | select(.kind == "genesis").keyFingerprint' "$manifest") pem=keys/$key.pem
    if [ -z "$key" ]; then pem=
    elif [ ! -f "$pem" ]; then bad key-missing "$pem"; pem=
    elif ! is_key "$pem"; then bad key-altered "$pem"; pem=; fi
  fi
  jq -r --arg stream "$stream" --argjson n "$n" --arg link "$link" --arg hint "$hint" --arg key "$key" '
    def expect($code; ok): if ok then empty else $code end;
    .predicate as $p |
    if ($p.kind | IN("genesis", "run", "gap") | not) or
      any(.subject[].digest.sha256; test("^[0-9a-f]{64}$") | not) then "manifest-malformed" else
    expect("stream-wrong"; $p.stream == $stream),
    expect("sequence-wrong"; $p.sequence == $n),
    expect("genesis-misplaced"; ($p.kind == "genesis") == ($n == 1)),
    expect("link-broken"; if $n == 1 then $p.previous == null
      else $p.previous.sequence == $n - 1 and ($link == "" or $p.previous.sha256 == $link) end),
    expect("key-unknown"; $key == "" or ($hint == $key and $p.keyFingerprint == $key)),
    expect("subject-misplaced"; all(.subject[].name;
      if $p.kind == "run" then startswith("runs/\($p.period.id)/") and
        (test("[^A-Za-z0-9._=/-]|/[.]*/|/[.]*$") | not)
      elif $p.kind == "gap" then . == "manifests/\($p.previous.sha256).json"
      else IN("../verify.sh", "../verify.jq", "../README.txt", "../keys/\($p.keyFingerprint).pem") end)) end
    ' "$manifest" >"$tmp/codes" || echo manifest-malformed >"$tmp/codes"
  while read -r code; do bad "$code" "$entry"; done <"$tmp/codes"
  grep -qE 'malformed|stream|subject' "$tmp/codes" || echo "$manifest" >>"$tmp/manifests"
  [ -z "$pem" ] || grep -q key-unknown "$tmp/codes" ||
    openssl dgst -sha256 -verify "$pem" -signature "$tmp/signature" "$manifest" >/dev/null ||
    bad signature-wrong "$entry"
} 2>/dev/null

check_periods() { # they follow each other from the first that was promised, and cover the range
  jq -rs --arg from "$from" --arg to "$to" '
    (.[0].predicate | select(.kind == "genesis").schedule.firstPeriod) as $first |
    ([{end: $first.start, to: $first.from}] + ([.[1:][].predicate.period] | sort_by(.start))) as $all |
    $all[-1].to as $until |
    (range(1; $all | length) as $i | $all[$i - 1] as $a | $all[$i] as $b |
      if $b.id == $a.id then "period-repeated \($b.id)"
      elif $b.start > $a.end and $b.from > $a.to then "period-missing \($a.to)"
      elif [$b.start, $b.from, $b.kind, $b.timeZone] != [$a.end, $a.to, $first.kind, $first.timeZone]
      then "period-wrong \($b.id)" else empty end),
    if ($from == "" or ($first.from <= $from and $from < $until)) and
      ($to == "" or ($from < $to and $first.from < $to and $to <= $until))
    then empty else "range-uncovered \($first.from) \($until)" end'
}

find . -type f | grep -v '[^A-Za-z0-9._=/-]' | sort >"$tmp/files"
sed -n 's|^\./\([a-z0-9-]*\.[a-z0-9-]*\)/.*|\1|p' "$tmp/files" | sort -u |
  if [ -n "$only" ]; then grep -xF -e "$only"; else cat; fi >"$tmp/streams"
[ -s "$tmp/streams" ] || if [ -n "$only" ]; then bad stream-missing "$only"; else bad archive-empty .; fi
while read -r stream; do
  n=0 before= key= pem=; : >"$tmp/manifests"
  for entry in "$stream"/chain/[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9].sigstore.json; do
    number=$(expr "${entry##*/}" : '0*\([1-9][0-9]*\)') && [ -f "$entry" ] || continue
    knows "$entry"
    n=$((n + 1)); [ "$n" = "$number" ] || { bad sequence-gap "$entry"; n=$number before=; }
    check_entry
  done
  [ "$n" != 0 ] || bad chain-missing "$stream"
  echo "$before" >>"$tmp/newest"; say "head of $stream: entry $n, ${before:-unknown}"
  xargs cat <"$tmp/manifests" >"$tmp/all"
  check_periods <"$tmp/all" >"$tmp/codes" || echo manifest-malformed >"$tmp/codes"
  while read -r code where; do bad "$code" "$stream" "$where"; done <"$tmp/codes"
  jq -r --arg stream "$stream" '.predicate | select(.kind == "run") | "./\($stream)/runs/\(.period.id)"' \
    "$tmp/all" >>"$tmp/runs"
  jq -r --arg stream "$stream" '.subject[] | "\(.digest.sha256)  ./\($stream)/\(.name)" |
    sub("[^/]*/[.][.]/"; "")' "$tmp/all" >"$tmp/sums"
  cut -c67- "$tmp/sums" >>"$tmp/known"
  sha256sum -c "$tmp/sums" >"$tmp/checked" 2>/dev/null
  sed -n 's/: FAILED.*//p' "$tmp/checked" | while read -r file; do
    if [ -f "$file" ]; then bad file-altered "$file"; else bad file-missing "$file"; fi
  done
  [ "$(grep -c . "$tmp/checked")" = "$(grep -c . "$tmp/sums")" ] || { echo "sha256sum failed." >&2; exit 2; }
done <"$tmp/streams"

sort -u "$tmp/known" | comm -13 - "$tmp/files" | while read -r file; do
  case $file in "./${only:+$only/}"*) ;; *) continue ;; esac
  name=${file##*/} folder=$(echo "$file" | cut -d/ -f1-4)
  if expr "$file" : '\./[^/]*/manifests/[0-9a-f]\{64\}\.json$' >/dev/null &&
    [ "$(sum "$file").json" = "$name" ] &&
    [ "$(jq -r .predicate.stream "$file" 2>/dev/null)" = "$(echo "$file" | cut -d/ -f2)" ]; then
    say "note: uncommitted-manifest $file"
  elif echo "$folder" | grep -qE '/runs/[0-9]{4}-([0-9]{2}(-[0-9]{2})?|W[0-9]{2}|Q[1-4])$' &&
    [ "$file" != "$folder" ] && ! grep -qxF "$folder" "$tmp/runs"; then
    say "note: unsealed-run $file"
  elif is_key "${file#./}" 2>/dev/null; then
    say "note: unused-key $file"
  else
    bad file-unlisted "$file"
  fi
done
find "./$only" ! -type d \( ! -type f -o -path '*[!A-Za-z0-9._=/-]*' \) 2>/dev/null |
  while read -r file; do bad file-unlisted "$file"; done
[ -z "$head" ] || grep -qx "$head" "$tmp/heads" || bad head-unknown "$head"
[ -z "$head" ] || grep -qx "$head" "$tmp/newest" || say "note: entries came after the head that was given"
[ -n "$head" ] || echo 'Not checked: no --head was given, so a deleted end or a rewritten chain would not show.'
[ -n "$from" ] && [ -n "$to" ] || echo 'Not checked: no --from and --to were given, so missing newest days would not show.'
[ ! -s "$tmp/bad" ] || { echo "Not good: $(grep -c . "$tmp/bad") found wrong."; exit 1; }
echo 'Good: everything is as it was sealed.'
