"""Archive quality: complete, valid, fresh and single customers, and the merging of double ones."""
