#!/bin/bash
# An EventSource fires an event "open" of its own when its connection stands. A stream whose server names an event "open" too
# is delivered under the same name: one listener gets both kinds, and only the data tells them apart.
#
# Seen with the package eventsource 2.0.2, which follows the WHATWG standard as browsers do. What follows: a server names
# no event open, error or message.
set -eu

version=2.0.2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund "eventsource@$version" >/dev/null
cat >open.js <<'END'
const http = require('http');
const EventSource = require('eventsource');

const server = http.createServer((request, response) => {
  response.writeHead(200, {'Content-Type': 'text/event-stream'});
  response.write('event: open\ndata: {"id":"1"}\n\n');
  response.write('event: opened\ndata: {"id":"1"}\n\n');
});
server.listen(0, '127.0.0.1', () => {
  const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
  const seen = {open: 0, opened: 0};
  for (const name of Object.keys(seen)) {
    source.addEventListener(name, () => seen[name]++);
  }
  setTimeout(() => {
    console.log(JSON.stringify(seen));
    process.exit(seen.open === 2 && seen.opened === 1 ? 0 : 1);
  }, 1000);
});
END
echo "eventsource $version"
node open.js || {
    echo 'this changed' >&2
    exit 1
}
