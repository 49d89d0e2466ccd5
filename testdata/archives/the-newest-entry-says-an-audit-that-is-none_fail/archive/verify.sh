echo Use templates/archive/verify.sh of the repository.
