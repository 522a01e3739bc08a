# shellcheck shell=bash
# Sourced by a finding: its bound in time, a folder that is removed at the end, packages, a network namespace, comparison.
set -euo pipefail

# Ends a finding that hangs, together with the processes that it started.
if [[ -z ${FINDING_BOUND-} ]]; then
    FINDING_BOUND=900 exec timeout --kill-after=20 900 bash "$0" "$@"
fi

work=$(mktemp -d)

clean_up() {
    local pids
    pids=$(jobs -p)
    # shellcheck disable=SC2086 # a list of numbers
    [[ -z $pids ]] || kill $pids 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap clean_up EXIT
export TMPDIR=$work

# Runs a command whose output is of interest only if it fails: quietly COMMAND...
quietly() {
    "$@" >"$work/output" 2>&1 || { cat "$work/output" >&2 && return 1; }
}

# Compiles the C program on standard input: c_program NAME [FLAG...]
c_program() {
    cc -std=gnu17 -O1 -Wall -o "$work/$1" -x c - "${@:2}"
}

# Runs a command in a network namespace of its own, in which only lo is up: in_network COMMAND...
in_network() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    unshare --net --kill-child --fork -- sh -c 'ip link set lo up && exec "$@"' sh "$@"
}

# Unpacks Debian packages, and those they need that are not installed, under $work/root: debian PACKAGE...
# Their libraries are in $libraries then.
debian() {
    local archive
    # shellcheck disable=SC2034 # for the caller
    libraries=$work/root/usr/lib/$(cc -dumpmachine)
    mkdir -p "$work/archives/partial" "$work/root"
    quietly apt-get install --yes --download-only --reinstall --no-install-recommends -o Debug::NoLocking=1 \
        -o APT::Sandbox::User=root -o Dir::Cache::archives="$work/archives/" "$@"
    for archive in "$work"/archives/*.deb; do
        dpkg-deb --extract "$archive" "$work/root"
    done
    for archive in "$@"; do
        dpkg-deb --show "$work/archives/${archive}"_*.deb | sed 's/^/Debian package /'
    done
}

# Compares a file with the text on standard input, and shows it: expect FILE
expect() {
    if ! diff -u --label expected --label seen - "$1"; then
        printf '%s: the behaviour is another one\n' "$(basename "$0" .sh)" >&2
        exit 1
    fi
    cat "$1"
}

# Compiles the BPF program on standard input against the headers of libbpf-dev: bpf_program NAME
bpf_program() {
    clang -O2 -g -target bpf -Wall -I"$work/root/usr/include" -I"/usr/include/$(cc -dumpmachine)" \
        -c -o "$work/$1" -x c -
}

# Brings Maven artefacts of one version, with what they need, into $work/lib: maven GROUP:ARTIFACT:VERSION...
maven() {
    local group artefact version
    {
        echo '<project><modelVersion>4.0.0</modelVersion><groupId>none</groupId><artifactId>finding</artifactId>'
        echo '<version>1</version><dependencies>'
        while IFS=: read -r group artefact version; do
            echo "<dependency><groupId>$group</groupId><artifactId>$artefact</artifactId>"
            echo "<version>$version</version></dependency>"
            echo "Maven artefact $group:$artefact:$version" >&3
        done < <(printf '%s\n' "$@")
        echo '</dependencies></project>'
    } 3>&1 >"$work/pom.xml"
    quietly mvn -q -B -f "$work/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
        "-DoutputDirectory=$work/lib"
}

# Runs the Java program on standard input with these artefacts: java_program NAME [ARGUMENT...]
java_program() {
    cat >"$work/$1.java"
    java -cp "$work/lib/*" "$work/$1.java" "${@:2}"
}

# Brings npm packages of one version into $work/npm: npm_packages NAME@VERSION...
npm_packages() {
    quietly npm install --no-audit --no-fund --ignore-scripts --prefix "$work/npm" "$@"
    printf 'npm package %s\n' "$@"
}

# Waits until a command succeeds, for a minute at most: await COMMAND...
await() {
    local try
    for ((try = 0; try < 300; try++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.2
    done
    printf 'not within a minute: %s\n' "$*" >&2
    return 1
}

# Builds the Quarkus program whose sources are in $work/app/src, and starts it on a free port of 127.0.0.1, which is $port
# then: quarkus VERSION EXTENSION...
quarkus() {
    local version=$1 extension
    {
        cat <<POM
<project><modelVersion>4.0.0</modelVersion>
<groupId>none</groupId><artifactId>finding</artifactId><version>1</version>
<properties><maven.compiler.release>17</maven.compiler.release></properties>
<dependencyManagement><dependencies><dependency>
<groupId>io.quarkus.platform</groupId><artifactId>quarkus-bom</artifactId><version>$version</version>
<type>pom</type><scope>import</scope>
</dependency></dependencies></dependencyManagement><dependencies>
POM
        for extension in "${@:2}"; do
            echo "<dependency><groupId>io.quarkus</groupId><artifactId>$extension</artifactId></dependency>"
        done
        cat <<POM
</dependencies><build><plugins><plugin><groupId>org.apache.maven.plugins</groupId>
<artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin><plugin>
<groupId>io.quarkus.platform</groupId><artifactId>quarkus-maven-plugin</artifactId>
<version>$version</version><extensions>true</extensions><executions><execution><goals><goal>build</goal></goals></execution>
</executions></plugin></plugins></build></project>
POM
    } >"$work/app/pom.xml"
    quietly mvn -q -B -f "$work/app/pom.xml" package
    rm -f "$work/log" # an earlier start's
    java -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port=0 \
        -jar "$work/app/target/quarkus-app/quarkus-run.jar" >"$work/log" 2>&1 &
    await grep -q 'Installed features' "$work/log"
    # shellcheck disable=SC2034 # for the caller
    port=$(sed -n 's/.*Listening on: *http:[^ ]*:\([0-9]*\).*/\1/p' "$work/log")
    echo "Quarkus $version: ${*:2}"
}
