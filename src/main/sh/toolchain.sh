# shellcheck shell=bash
# Finds the tools that tcptop is built and tested with, and installs those that are missing.
# ./tcptop and ./mvnw, both bash, source this file. It looks for the files themselves and not in a package database. It prints
# nothing unless something is missing, and needs root only to install. Messages go to stderr.

# On Debian these directories, which hold bpftool, capsh and nginx, are not in the PATH of an ordinary user.
PATH=$PATH:/usr/sbin:/sbin

toolchain_say() {
    printf 'tcptop: %s\n' "$*" >&2
}

# As root, unsets these variables of the caller's environment, and says so if they were set.
toolchain_forget() { # NAME...
    local name
    local -a forgotten=()
    ((EUID == 0)) || return 0
    for name; do
        [[ ! ${!name-} ]] || forgotten+=("$name")
        unset "$name"
    done
    ((${#forgotten[@]} == 0)) || toolchain_say "as root, ${forgotten[*]} of the environment is not used; TCPTOP_JAVA_OPTS takes options for the JVM"
}

# Each JVM takes these, that of Maven too.
toolchain_forget JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS

# Sets toolchain_java to the home of a Java 17 or newer: JAVA_HOME if it is one, else the newest that is found. Fails if there
# is none. With "javac" only a JDK counts. Versions are read from the release files, since to start a JVM takes 50 ms.
toolchain_find_java() { # [javac]
    local program=${1:-java} newest home index directory
    local -a homes=(/usr/lib/jvm/*/bin/java /usr/java/*/bin/java /opt/*/bin/java) path
    toolchain_java=

    if toolchain_java_version "${JAVA_HOME-}" "$program"; then
        home=$JAVA_HOME
        ((EUID)) || home=$(readlink -f "$home/bin/$program")
        toolchain_java=${home%/bin/"$program"}
        toolchain_trusts "$toolchain_java" && return
    fi
    IFS=: read -ra path <<<"$PATH"
    for directory in "${path[@]}"; do
        [[ -x $directory/java ]] || continue
        homes+=("$directory/java")
        break
    done
    mapfile -t homes <<<"$(readlink -f "${homes[@]}" 2>/dev/null)"
    while
        newest=0
        for index in "${!homes[@]}"; do
            home=${homes[index]%/bin/java}
            toolchain_java_version "$home" "$program" && ((REPLY > newest)) && newest=$REPLY toolchain_java=$home directory=$index
        done
        ((newest))
    do
        toolchain_trusts "$toolchain_java" && return
        unset "homes[directory]"
    done
    toolchain_java=
    return 1
}

# Succeeds if the home, a path without links, can be used. Root only trusts a home that nobody else can change: root has to own
# its files and every directory above them, without a right to write for anyone else. Otherwise stderr says why it is not used.
toolchain_trusts() { # HOME
    local LC_ALL=C above=$1 found reason
    local bad=$'(^|\n)(([1-9][0-9]*) [^ ]+|0 .{5}w[^ ]+|0 .{8}w[^ ]+) ([^\n]+)'
    local -a files=(/)
    ((EUID == 0)) || return 0
    while [[ $above ]]; do
        files+=("$above")
        above=${above%/*}
    done
    files+=("$1"/{release,bin,bin/*,lib,conf,{lib,conf}/{*,*/*,*/*/*}})
    # A link counts as the file that it leads to.
    found=$(stat -Lc '%u %A %n' "${files[@]}" 2>/dev/null)
    [[ $found ]] || return
    [[ $found =~ $bad ]] || return 0
    reason="others can write ${BASH_REMATCH[4]}"
    [[ ! ${BASH_REMATCH[3]} ]] || reason="${BASH_REMATCH[4]} belongs to the user ${BASH_REMATCH[3]}"
    [[ ${toolchain_left_out-} == *"|$1|"* ]] || toolchain_say "as root, the Java in $1 is not used: $reason"
    toolchain_left_out+="|$1|"
    return 1
}

# Sets REPLY to the version as a number, 17.0.9 as 17000009. Fails if the home lacks the program or is older than 17.
toolchain_java_version() { # HOME PROGRAM
    local line version='^JAVA_VERSION="([0-9]+)(\.([0-9]+))?(\.([0-9]+))?'
    [[ $1 && -x $1/bin/$2 && -f $1/release && -r $1/release ]] || return
    while read -r line; do
        [[ $line =~ $version ]] || continue
        REPLY=$((10#${BASH_REMATCH[1]} * 1000000 + 10#${BASH_REMATCH[3]:-0} * 1000 + 10#${BASH_REMATCH[5]:-0}))
        ((REPLY >= 17000000))
        return
    done <"$1/release"
    return 1
}

# Ensures that the tools of a set are there. Returns 77 if something is missing and only root can install it, and 1 if the
# installation failed, which a line on stderr explains. toolchain_missing then holds what is missing.
toolchain_ensure() { # SET HOME
    local log=$2/target/install.log status
    toolchain_look "$1" && return
    ((EUID == 0)) || return 77
    toolchain_install "$log"
    status=$?
    toolchain_give_back "$2"
    ((status == 0)) || return 1
    toolchain_look "$1" && return
    toolchain_say "still missing after the installation: ${toolchain_missing[*]} (log: $log)"
    return 1
}

# Looks for the tools of a set: build, test, bench or machine. Each of the last three contains build. toolchain_missing gets the
# names of those that are missing, toolchain_rows the rest of their rows.
# A row: set | file or program | purpose | package of Debian and Ubuntu | package of Fedora.
# "a/b" stands for the first package that the system offers, KERNEL for the release of the running kernel.
# "libzstd.a<libelf.a" is needed only if libelf.a calls it.
toolchain_look() { # SET
    local set name rest
    toolchain_missing=() toolchain_rows=()
    while IFS='|' read -r set name rest; do
        set=${set// /} name=${name// /}
        [[ $set == build || $set == "$1" ]] || continue
        toolchain_has "$name" && continue
        toolchain_missing+=("${name%<*}")
        toolchain_rows+=("$rest")
    done <<'END'
build | javac               | compiles Java, and runs tcptop      | openjdk-25-jdk-headless/openjdk-21-jdk-headless/openjdk-17-jdk-headless | java-25-openjdk-devel/java-21-openjdk-devel/java-17-openjdk-devel/java-latest-openjdk-devel
build | mvn                 | runs the build                      | maven           | maven
build | make                | builds the native parts             | make            | make
build | clang               | compiles the kernel program         | clang           | clang
build | gcc                 | compiles the native library         | gcc             | gcc
build | stdio.h             | headers of the C library            | libc6-dev       | glibc-devel
build | linux/bpf.h         | headers of the kernel               | linux-libc-dev  | kernel-headers
build | libbpf-1.0          | loads the kernel program            | libbpf-dev      | libbpf-devel
build | libbpf.a            | linked into the native library      | libbpf-dev      | libbpf-static
build | libelf.a            | linked into the native library      | libelf-dev      | elfutils-libelf-devel-static
build | libz.a              | linked into the native library      | zlib1g-dev      | zlib-ng-compat-static/zlib-static
build | libzstd.a<libelf.a  | linked into the native library      | libzstd-dev     | libzstd-static
test  | clang-format        | checks the formatting of C          | clang-format    | clang-tools-extra
test  | libasan.so.*        | checks memory in the native tests   | gcc             | libasan
test  | libubsan.so.*       | checks arithmetic in the native tests | gcc           | libubsan
test  | libclang_rt.fuzzer  | fuzzes the native library           | libclang-rt-dev | compiler-rt
test  | bpftool             | looks at what is loaded             | bpftool/linux-tools-KERNEL/linux-tools-generic | bpftool
test  | nginx               | serves connections                  | nginx           | nginx
test  | wrk                 | makes load                          | wrk             | wrk
test  | iperf3              | makes load                          | iperf3          | iperf3
test  | curl                | makes requests                      | curl            | curl
test  | ip                  | makes network namespaces            | iproute2        | iproute
test  | nft                 | drops packets                       | nftables        | nftables
test  | liburing.h          | sends through io_uring              | liburing-dev    | liburing-devel
test  | ss                  | says what the kernel has            | iproute2        | iproute
test  | ps                  | looks at processes                  | procps          | procps-ng
test  | setpriv             | takes privileges away               | util-linux      | util-linux
test  | unshare             | makes namespaces                    | util-linux      | util-linux
test  | capsh               | looks at capabilities               | libcap2-bin     | libcap
test  | qemu-system-x86_64  | boots other kernels                 | qemu-system-x86 | qemu-system-x86-core
test  | virtiofsd           | shows them this machine's files     | virtiofsd/qemu-system-common | virtiofsd
test  | busybox             | begins in them                      | busybox-static  | busybox
test  | cpio                | packs what they begin with          | cpio            | cpio
test  | modprobe            | finds their modules                 | kmod            | kmod
test  | xz                  | unpacks kernels                     | xz-utils        | xz
test  | zstd                | unpacks kernels                     | zstd            | zstd
test  | lz4                 | unpacks kernels                     | lz4             | lz4
bench | nginx               | is asked                            | nginx           | nginx
bench | wrk                 | asks it                             | wrk             | wrk
bench | iperf3              | sends and receives                  | iperf3          | iperf3
bench | redis-server        | is asked                            | redis-server    | redis
bench | redis-benchmark     | asks it                             | redis-tools     | redis
bench | curl                | makes requests                      | curl            | curl
bench | ss                  | is compared with                    | iproute2        | iproute
bench | nethogs             | is compared with                    | nethogs         | nethogs
bench | iftop               | is compared with                    | iftop           | iftop
bench | bpftrace            | is compared with                    | bpftrace        | bpftrace
machine | tcptop            | is compared with                    | libbpf-tools    | libbpf-tools
END
    ((${#toolchain_missing[@]} == 0))
}

toolchain_has() { # NAME
    local file directory
    local -a libraries=("/usr/lib/$HOSTTYPE-linux-gnu" /usr/lib64 /usr/lib /usr/local/lib64 /usr/local/lib)
    case $1 in
        javac) toolchain_find_java javac ;;
        libbpf-1.*)
            # 0.x cannot read the BTF of current kernels.
            for file in /usr/include /usr/local/include; do
                grep -qs 'LIBBPF_MAJOR_VERSION [1-9]' "$file/bpf/libbpf_version.h" && return
            done
            return 1
            ;;
        *.h) [[ -e /usr/include/$1 || -e /usr/local/include/$1 ]] ;;
        *.a'<'*.a)
            for directory in "${libraries[@]}"; do
                file=$directory/${1#*<}
                [[ -e $file ]] || continue
                ! grep -q ZSTD_ "$file" || toolchain_has "${1%<*}"
                return
            done
            ;;
        *.a | *.so.*)
            for directory in "${libraries[@]}"; do
                # The name is unquoted because it may be a pattern.
                for file in "$directory"/$1; do
                    [[ ! -e $file ]] || return 0
                done
            done
            return 1
            ;;
        libclang_rt.*)
            file=$(clang -print-file-name="$1-$HOSTTYPE.a" 2>/dev/null)
            [[ -e $file ]] && return
            # On Fedora the file is in a directory named by the target, and has no suffix.
            file=$(clang -print-file-name="$1.a" 2>/dev/null) && [[ -e $file ]]
            ;;
        virtiofsd) [[ -x /usr/lib/qemu/virtiofsd || -x /usr/libexec/virtiofsd ]] ;;
        busybox)
            # Only a statically linked busybox counts: it runs where there are no libraries.
            file=$(command -v busybox) && ! ldd "$file" >/dev/null 2>&1
            ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# Installs the packages of toolchain_rows with the system's package manager, whose output goes to the log.
toolchain_install() { # LOG
    local manager row purpose debian fedora package line kernel names=' ' log=$1
    local -a packages=() purposes=()

    for manager in apt-get dnf none; do
        command -v "$manager" >/dev/null && break
    done
    if [[ $manager == none ]]; then
        toolchain_say "missing: ${toolchain_missing[*]}; this system has neither apt-get nor dnf: install them manually and start again"
        return 1
    fi
    mkdir -p "${log%/*}" && : >"$log" || return
    if [[ $manager == apt-get ]]; then
        toolchain_say "missing: ${toolchain_missing[*]}; reading the package lists"
        # If one of several sources cannot be read, the others may still have what is needed.
        apt-get -q update >>"$log" 2>&1
    fi

    read -r kernel </proc/sys/kernel/osrelease
    for row in "${toolchain_rows[@]}"; do
        IFS='|' read -r purpose debian fedora <<<"$row"
        [[ $manager == apt-get ]] && package=${debian// /} || package=${fedora// /}
        toolchain_offered "$manager" "${package//KERNEL/$kernel}"
        [[ $names == *" $REPLY "* ]] && continue
        names+="$REPLY "
        packages+=("$REPLY")
        read -r purpose <<<"$purpose"
        purposes+=("$purpose")
    done
    toolchain_say "installing with $manager (log: $log):"
    for ((row = 0; row < ${#packages[@]}; row++)); do
        printf 'tcptop:   %-30s %s\n' "${packages[row]}" "${purposes[row]}" >&2
    done

    "toolchain_install_$manager" "${packages[@]}" >>"$log" 2>&1 </dev/null && return
    purpose=
    while read -r line; do
        [[ $line =~ ^(E:|Error|Failed|No\ match|Problem) ]] && purpose="$line "
    done <"$log"
    toolchain_say "$manager could not install ${packages[*]}: $purpose(log: $log); install them manually and start again"
    return 1
}

# Sets REPLY to the first of "a/b/c" that the package manager offers, or to the last if it offers none.
toolchain_offered() { # MANAGER NAMES
    local -a names
    IFS=/ read -ra names <<<"$2"
    for REPLY in "${names[@]}"; do
        case ${#names[@]}-$1 in
            1-*) return ;;
            *-apt-get) [[ $(apt-cache madison "$REPLY" 2>/dev/null) ]] && return ;;
            *-dnf) [[ $(dnf -q repoquery "$REPLY" 2>/dev/null) ]] && return ;;
        esac
    done
}

toolchain_install_apt-get() { # PACKAGE...
    local -a options=(-q -y --no-install-recommends -o DPkg::Lock::Timeout=300)
    local quiet='' service status
    # Debian starts and enables a service when it installs it. The tests start their own, so this one must not start: for this
    # installation alone, the two commands that would start it are replaced by /bin/true, which also runs from a /tmp that is
    # mounted noexec.
    if [[ " $* " =~ ' '(nginx|redis-server)' ' ]]; then
        quiet=$(mktemp -d) || return
        ln -s /bin/true "$quiet/invoke-rc.d"
        ln -s /bin/true "$quiet/deb-systemd-invoke"
        options+=(-o "DPkg::Path=$quiet:/usr/sbin:/usr/bin:/sbin:/bin")
    fi
    # needrestart would restart services that use a library that is installed or updated here.
    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get "${options[@]}" install "$@"
    status=$?
    if [[ $quiet ]]; then
        rm -rf "$quiet"
        for service in nginx redis-server; do
            [[ " $* " != *" $service "* ]] || update-rc.d "$service" disable
        done
    fi
    return "$status"
}

toolchain_install_dnf() { # PACKAGE...
    dnf -y --setopt=install_weak_deps=False install "$@"
}

# As root, unsets what Maven would take from the caller's environment.
toolchain_forget_maven() {
    toolchain_forget CLASSPATH MAVEN_OPTS MAVEN_ARGS
}

# Runs the system's Maven in the work tree, with checksums that have to match (-C), forwards signals to it, gives its output to the owner of the tree, and returns its
# status.
toolchain_maven() { # HOME ARGUMENT...
    local home=$1 maven signalled status
    shift
    # A background job of a script ignores SIGINT and has no stdin: undo both.
    (
        trap - INT QUIT
        cd "$home" && JAVA_HOME=$toolchain_java exec mvn -C "$@"
    ) <&0 &
    maven=$!
    trap 'signalled=1; kill -INT "$maven"' INT
    trap 'signalled=1; kill -TERM "$maven"' TERM HUP
    while signalled=; do
        wait "$maven"
        status=$?
        # A signal interrupts the wait while Maven is still running.
        [[ $signalled ]] || break
    done
    trap - INT TERM HUP
    toolchain_give_back "$home"
    return "$status"
}

# Gives the files that root built in another user's work tree to that user, who otherwise could not build or clean there.
toolchain_give_back() { # HOME
    local output
    ((EUID == 0)) && [[ -e $1/pom.xml && ! -O $1/pom.xml ]] || return 0
    for output in "$1/target" "$1/bpf/.output" "$1/native/.output" "$1/src/test/c/.output" "$1/src/bench/c/.output"; do
        [[ ! -e $output ]] || chown -R --reference="$1/pom.xml" "$output"
    done
}
