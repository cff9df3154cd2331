#!/bin/sh
# Starts WORKERD with all its sockets in the folder SOCKETS, and writes its process id there.
#
# Miniflare always lets workerd listen on a TCP port for its entry Worker, which reaches every Worker without a key. A
# socket in a folder of mode 0700 is reachable only by its owner, and not by Workers or web pages. The folder is emptied
# first, because workerd cannot listen on a socket that a crashed process left.
rm -rf "$SOCKETS"
(umask 077 && mkdir -p "$SOCKETS")
for argument; do
  shift
  case $argument in
    --socket-addr=entry=*) argument="--socket-addr=entry=unix:$SOCKETS/entry" ;;
  esac
  set -- "$@" "$argument"
done
echo $$ >"$SOCKETS/pid"
exec "$WORKERD" "$@"
