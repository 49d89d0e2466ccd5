# See templates/archive/verify.jq of the repository.
