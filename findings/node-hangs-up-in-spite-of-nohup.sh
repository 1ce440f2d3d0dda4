#!/usr/bin/env bash
# node@20.20.2: `nohup node ...` dies of a hang-up.
# Guess: nohup starts a program with SIGHUP ignored, and a program that does not ask for the signal keeps that.
# What happens: Node gives SIGHUP its default action when it starts, whatever it inherited. nohup only redirects the
#   output; the signal ends Node with status 129, as without nohup. A listener for SIGHUP in the program is what helps.
# Whom it hurts: whoever starts a run of hours over ssh with nohup: it ends when the connection is lost, with nothing in
#   nohup.out.
# Runs in a temporary folder, signals only what it started, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund node@20.20.2
hang_up() {
  local label=$1 status=0
  shift
  rm -f started
  nohup "$@" >/dev/null 2>&1 &
  local pid=$!
  for _ in $(seq 200); do [ -e started ] && break; sleep 0.1; done
  kill -HUP "$pid"
  wait "$pid" 2>/dev/null || status=$?
  echo "$label: status $status"
}
wait_a_bit='require("node:fs").writeFileSync("started", ""); setTimeout(() => {}, 3000);'
{
  hang_up 'nohup sh' sh -c ': >started; sleep 3'
  hang_up 'nohup node' node_modules/.bin/node -e "$wait_a_bit"
  hang_up 'nohup node with a listener' node_modules/.bin/node -e "process.on('SIGHUP', () => {}); $wait_a_bit"
} >seen 2>/dev/null
cat >expected <<'TXT'
nohup sh: status 0
nohup node: status 129
nohup node with a listener: status 0
TXT
cat seen
diff expected seen
