#!/usr/bin/env bash
# Quarkus: each static file, index.html too, is served as immutable for a day, and without an ETag.
#
# Surprise: `Cache-Control: public, immutable, max-age=86400` suits files whose name changes with their content. The page at
#   / has one name for ever, and a browser that has it does not ask for it again within the day.
# Matters: after an update of the monitor the old page talks to the new service, for up to a day. The setting
#   quarkus.http.filter.NAME with `matches` and a header Cache-Control replaces it for the page, as the second program here
#   does.
# Seen with: Quarkus 3.33.2.
. "$(dirname "$0")/lib.sh"

mkdir -p "$work/app/src/main/resources/META-INF/resources"
echo '<!doctype html><title>Page</title>' >"$work/app/src/main/resources/META-INF/resources/index.html"

# The headers of a path that concern caches.
headers() {
    echo "$1:"
    curl -sS -o /dev/null -D - "http://127.0.0.1:$port$1" | tr -d '\r' | grep -i -E '^(cache-control|etag):'
}
quarkus 3.33.2 quarkus-rest
{
    headers /
    headers /index.html
} >"$work/seen"

cat >"$work/app/src/main/resources/application.properties" <<'SETTINGS'
quarkus.http.filter.page.matches=/|/index.html
quarkus.http.filter.page.header."Cache-Control"=no-cache
SETTINGS
quarkus 3.33.2 quarkus-rest
{
    echo -n 'with a filter, '
    headers /index.html
} >>"$work/seen"
expect "$work/seen" <<'SEEN'
/:
cache-control: public, immutable, max-age=86400
/index.html:
cache-control: public, immutable, max-age=86400
with a filter, /index.html:
Cache-Control: no-cache
SEEN
