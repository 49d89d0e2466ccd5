# The rules that verify.sh asks jq to apply.
