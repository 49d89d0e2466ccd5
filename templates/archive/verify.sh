#!/bin/sh
# Checks this archive with sh, jq, openssl and sha256sum; changes nothing. verify.jq beside it has the rules.
# usage: sh verify.sh [--from 2026-01-01] [--to 2027-01-01] [--head SHA256]... [--stream NAME] [--tsa-ca FILE] [--archive FOLDER]
set -u; export LC_ALL=C; unset CDPATH
here=$(cd -- "$(dirname -- "$0")" && pwd) && folder=$here || exit 2
only='' from='' to='' heads='' ca='' unsealed=0 tab=$(printf '\t')
while [ $# -gt 1 ] && [ -n "$2" ]; do
  case $1 in --from) from=$2 ;; --to) to=$2 ;; --head) heads="$heads $2" ;; --stream) only=$2 ;;
    --tsa-ca) ca=$(cd -- "$(dirname -- "$2")" && pwd)/${2##*/} ;; --archive) folder=$2 ;; *) break ;; esac
  shift 2
done
for tool in jq openssl sha256sum; do command -v $tool >/dev/null || { echo "This needs $tool." >&2; exit 2; }; done
[ $# = 0 ] && jq -ne --arg from "$from" --arg to "$to" --arg only "$only" --arg heads "$heads" '
  all($from, $to; . == "" or try (strptime("%Y-%m-%d") | mktime | strftime("%Y-%m-%d")) catch "" == .) and
  ($from == "" or $to == "" or $from < $to) and ($only == "" or ($only | test("\\A[a-z0-9-]+[.][a-z0-9-]+\\z"))) and
  ($heads | split(" ")[1:] | all(test("\\A[0-9A-Fa-f]{64}\\z")))' >/dev/null || { sed -n '3s/# //p' "$0" >&2; exit 64; }
tmp=$(mktemp -d) && trap 'rm -rf "$tmp"' EXIT && cd -- "$folder" || exit 2

say() { printf '%s\n' "$*" | tr -dc '[:alnum:]:._=/ \n-'; }  # hostile names print nothing odd
bad() { say "$@"; echo >>"$tmp/bad"; }                       # a discrepancy: its code, then where
is_key() { # is the file a P-256 key, named by its fingerprint, and byte for byte as openssl writes it?
  [ "$(wc -c <"$1")" -lt 1000 ] && [ "keys/$(openssl pkey -pubin -in "$1" -outform DER | sha256sum | cut -c1-64).pem" = "$1" ] &&
    openssl pkey -pubin -in "$1" -noout -text | grep -q prime256v1 && openssl pkey -pubin -in "$1" | cmp -s - "$1"
}
check_witness() { # is the RFC 3161 time stamp $1 over the signature in $tmp/signature, by an authority of $ca?
  [ "$(wc -c <"$1")" -le 1048576 ] && openssl ts -reply -in "$1" -text | grep -q '^Status: Granted' && # and no more than that:
    [ $(($(openssl asn1parse -inform DER -in "$1" | sed -n '1s/.*hl=\([0-9]*\) *l= *\([0-9]*\) .*/\1 + \2/p') + 0)) -eq "$(wc -c <"$1")" ] ||
    { bad witness-malformed "$1"; return; }
  [ "$(openssl ts -reply -in "$1" -text | sed -n 's/^    [0-9a-f]* - \([0-9a-f -]*\)   .*/\1/p' | tr -d ' \n-')" = \
    "$(sha256sum <"$tmp/signature" | cut -c1-64)" ] || { bad witness-wrong "$1"; return; }
  [ -z "$ca" ] || openssl ts -verify -data "$tmp/signature" -in "$1" -CAfile "$ca" -no_check_time >/dev/null ||
    bad witness-untrusted "$1"
}

# Names with other characters, and what is no file, were not written by Tallyman.
find "./$only" ! -type d \( ! -type f -o -path '*[!A-Za-z0-9._=/-]*' \) >"$tmp/odd" 2>/dev/null
while read -r file; do bad file-unlisted "$file"; done <"$tmp/odd"
find . -type f ! -path '*[!A-Za-z0-9._=/-]*' | sort >"$tmp/files"
find . -type f ! -path '*[!A-Za-z0-9._=/-]*' ! -size +16777216c | grep -E '^\./[a-z0-9.-]+/(chain|manifests)/[0-9a-f.]+(sigstore\.)?json$' | sort >"$tmp/json"
# The only time that the files are read: all digests, then the text of entries and manifests, a line for each.
xargs sha256sum <"$tmp/files" >"$tmp/sums" && xargs wc -c <"$tmp/json" >"$tmp/sizes" &&
  xargs awk 'FNR == 1 { if (NR > 1) print ""; printf "%s\t", FILENAME } { gsub(/\001/, "\002"); printf "%s\1", $0 } END { print "" }' \
    <"$tmp/json" >"$tmp/texts" || exit 2
# A manifest is written as jq writes it, so that every program reads the same in it: rather one by one if one is not.
plain() { sed "s/$(printf '\177')/\\\\u007f/g" | sha256sum; }  # jq alone has an escape for this character
grep /manifests/ "$tmp/json" >"$tmp/manifests"; : >"$tmp/unlike"
[ "$(xargs cat <"$tmp/manifests" | plain)" = "$(xargs jq -S . <"$tmp/manifests" 2>/dev/null | plain)" ] ||
  while read -r file; do
    [ "$(plain <"$file")" = "$(jq -S . "$file" 2>/dev/null | plain)" ] || echo "$file" >>"$tmp/unlike"
  done <"$tmp/manifests"
jq -nRr --rawfile sums "$tmp/sums" --rawfile sizes "$tmp/sizes" --rawfile unlike "$tmp/unlike" --arg only "$only" --arg from "$from" --arg to "$to" \
  --arg heads "$heads" -f "$here/verify.jq" "$tmp/texts" >"$tmp/findings" || exit 2
while IFS=$tab read -r kind code where key signature file text; do
  case $kind in
    bad) bad "$code" "$where" ;; note) say "note: $code $where" ;; unsealed) unsealed=$((unsealed + code)) ;;
    head) say "head of $code: $where"; [ -z "$heads" ] || [ "$key" = true ] ||
      say "Not checked: no --head of $code was given, so a deleted end, or a chain that was made again with any key, would not show." ;;
    key) if is_key "$where"; then cp "$where" "$tmp"; [ "$code" = key-altered ] ||
        { say "note: unused-key $where"; unsealed=$((unsealed + 1)); }
      else bad "$code" "$where"; fi ;;
    witness) printf %s "$where" | openssl base64 -d -A >"$tmp/signature"; check_witness "$code" ;;
    sign) [ -f "$tmp/$key.pem" ] || continue
      [ "$file" != - ] || { file=$tmp/text; printf '%b' "$text" >"$file"; }
      printf %s "$signature" | openssl base64 -d -A >"$tmp/signature"
      openssl dgst -sha256 -verify "$tmp/$key.pem" -signature "$tmp/signature" "$file" >/dev/null || bad "$code" "$where" ;;
  esac
done <"$tmp/findings" 2>/dev/null
[ -n "$heads" ] || echo 'Not checked: no --head was given, so a deleted end, or a chain that was made again with any key, would not show.'
[ -n "$from" ] && [ -n "$to" ] || echo 'Not checked: no --from and --to were given, so missing newest days would not show.'
[ -n "$ca" ] || ! grep -q ^witness "$tmp/findings" || echo 'Not checked: no --tsa-ca was given, so who made the time stamps is not known.'
[ ! -s "$tmp/bad" ] || { echo "Not good: $(grep -c '' "$tmp/bad") found wrong."; exit 1; }
[ "$unsealed" = 0 ] && echo 'Good: everything is as it was sealed.' ||
  echo "Good: everything is as it was sealed; files that are not sealed and prove nothing: $unsealed, see the notes."
