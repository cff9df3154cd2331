#!/bin/sh
# Kills the workerd processes of a runtime that was killed. Standard input is a pipe from the runtime, which the kernel
# closes when the runtime ends. A runtime that ends by itself has stopped its processes and deleted their files before.
while read -r _; do :; done
for file in "$1"/*/pid; do
  [ -f "$file" ] && kill -9 "$(cat "$file")"
done
