#!/usr/bin/env bash
# Quarkus, /q/metrics: OpenMetrics is served for one spelling of its media type; any other gets 406 without a body, or the
#   older format.
#
# Surprise: the header Accept is compared as a whole text with "application/openmetrics-text; version=1.0.0; charset=utf-8".
#   Without the charset, or without any parameter, the answer is 406 and empty. In a list, as Prometheus sends it, the entry
#   is passed over for text/plain. A client that takes anything gets OpenMetrics.
# Matters: exemplars and units never reach a collector that asks for OpenMetrics in the usual way, and a strict one gets
#   nothing.
# Seen with: Quarkus 3.33.2.
. "$(dirname "$0")/lib.sh"

mkdir -p "$work/app/src/main/resources"
quarkus 3.33.2 quarkus-rest quarkus-micrometer-registry-prometheus

# What comes for a value of the header Accept.
accept() {
    printf '%s\n    -> ' "$1"
    curl -sS -o "$work/body" -w '%{http_code}, %{content_type}' -H "Accept: $1" "http://127.0.0.1:$port/q/metrics"
    [[ -s $work/body ]] && echo || echo 'no body'
}
{
    accept 'application/openmetrics-text; version=1.0.0; charset=utf-8'
    accept 'application/openmetrics-text; version=1.0.0'
    accept 'application/openmetrics-text'
    accept 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5'
    accept '*/*'
} >"$work/seen"
expect "$work/seen" <<'SEEN'
application/openmetrics-text; version=1.0.0; charset=utf-8
    -> 200, application/openmetrics-text; version=1.0.0; charset=utf-8
application/openmetrics-text; version=1.0.0
    -> 406, no body
application/openmetrics-text
    -> 406, no body
application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5
    -> 200, text/plain; version=0.0.4; charset=utf-8
*/*
    -> 200, application/openmetrics-text; version=1.0.0; charset=utf-8
SEEN
