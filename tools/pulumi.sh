#!/usr/bin/env bash
# Installs a Pulumi engine if needed, and prints the path of its `pulumi` on stdout. Everything else goes to stderr.
#
# It tries in this order: `pulumi` on PATH, the engine of an earlier call in .tools/, the official installer, a build
# from Pulumi's Go modules (about 3 minutes on 2 cores). Exit code 3: no engine can be installed.
#
# A new engine is built in a temporary directory, which is renamed as the last step. An interrupted call leaves no
# engine, and the next call uses Go's module and build caches.
set -euo pipefail

readonly FLOOR=3.231.0
readonly VERSION=3.259.0
readonly GO_FLOOR=1.25
readonly INSTALLER=https://get.pulumi.com
readonly MODULES=github.com/pulumi/pulumi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root
readonly tools=$root/.tools
readonly engine=$tools/pulumi-$VERSION
workspace=
tried=()

say() { echo "pulumi.sh: $*" >&2; }

# Callers chain these functions with && and ||, where bash ignores `set -e`. So each step that may fail is chained too.
gave_up() {
    say "$*"
    tried+=("$*")
    return 1
}

# at_least 1.25 1.26.8: is the second version the first one or newer?
at_least() {
    local floor found part
    IFS=. read -r -a floor <<<"$1"
    IFS=. read -r -a found <<<"${2%%[^0-9.]*}"
    for part in 0 1 2; do
        ((10#0${found[part]:-0} > 10#0${floor[part]:-0})) && return 0
        ((10#0${found[part]:-0} < 10#0${floor[part]:-0})) && return 1
    done
    return 0
}

engine_on_path() {
    local pulumi version
    pulumi=$(type -P pulumi) || gave_up "no pulumi on PATH" 2>/dev/null || return 1
    version=$(PULUMI_SKIP_UPDATE_CHECK=true "$pulumi" version 2>/dev/null) || version=unknown
    at_least "$FLOOR" "${version#v}" ||
        gave_up "$pulumi is version ${version#v}; $FLOOR or newer is needed" || return 1
    echo "$(cd "$(dirname "$pulumi")" && pwd)/pulumi"
}

engine_of_earlier_call() { [[ -x $engine/bin/pulumi ]] && echo "$engine/bin/pulumi"; }

# The lock belongs to the open file, not to a process id. It is released when the last process that holds it exits.
lock() {
    local python=$root/.venv/bin/python
    [[ -x $python ]] || python=python3
    mkdir -p "$tools"
    exec 9>"$tools/lock"
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null && return
    say "waiting for another call to finish"
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
}

open_workspace() {
    rm -rf "$tools"/unfinished.*
    workspace=$(mktemp -d "$tools/unfinished.XXXXXX")
    trap 'rm -rf "$workspace"' EXIT
}

# Only an engine that runs and reports the right version gets the name that the next call looks for.
put_into_place() {
    [[ $("$workspace/engine/bin/pulumi" version 2>/dev/null) == "v$VERSION" ]] &&
        rm -rf "$engine" && mv "$workspace/engine" "$engine"
}

# The installer calls curl. It gets the settings of the user, and our limits.
write_curl_settings() {
    { cat "${CURL_HOME:-${HOME:-}}/.curlrc" 2>/dev/null || true; } >"$workspace/.curlrc"
    printf '%s\n' 'connect-timeout = 5' 'speed-limit = 1000' 'speed-time = 30' >>"$workspace/.curlrc"
    export CURL_HOME=$workspace
}

install_engine() {
    local script=$workspace/install.sh
    write_curl_settings
    curl -fsSL --max-time 10 -o "$script" "$INSTALLER" 2>/dev/null ||
        gave_up "the official installer cannot be reached ($INSTALLER)" || return 1
    say "running the official installer for Pulumi $VERSION"
    if sh "$script" --no-edit-path --install-root "$workspace/engine" --version "$VERSION" >&2; then
        put_into_place && return
    fi
    gave_up "the official installer failed; its output is above"
}

go_toolchain() {
    local go version
    for go in "$(type -P go)" "$root"/.venv/lib/python*/site-packages/go/bin/go; do
        [[ -x $go ]] && version=$("$go" env GOVERSION) && at_least "$GO_FLOOR" "${version#go}" && echo "$go" && return
    done
    return 1
}

build_engine() {
    local go bin=$workspace/engine/bin
    go=$(go_toolchain) || gave_up "no Go $GO_FLOOR or newer on PATH or in .venv to build it" || return 1
    # Go keeps its caches in the home directory of the user, or here if there is none.
    [[ -n ${HOME:-} ]] || export GOPATH=$tools/go GOCACHE=$tools/go-cache
    say "building Pulumi $VERSION from its Go modules with $go: about 3 minutes the first time"
    mkdir -p "$workspace/module" "$bin"
    if (cd "$workspace/module" && compile "$go" "$bin") >&2 && write_launcher "$bin/pulumi-language-python"; then
        chmod 755 "$bin"/* && put_into_place && return
    fi
    gave_up "the build from Go modules failed; the output of Go is above"
}

# Builds in a temporary module, because `go install` rejects modules with replace directives.
compile() {
    local go=$1 bin=$2 sdk
    export GOWORK=off CGO_ENABLED=0
    "$go" mod init engine &&
        "$go" get -tool "$MODULES/pkg/v3/cmd/pulumi@v$VERSION" &&
        "$go" get "$MODULES/sdk/v3@v$VERSION" &&
        "$go" build -mod=mod -trimpath -tags osusergo,grpcnotrace \
            -ldflags "-s -w -X $MODULES/sdk/v3/go/common/version.Version=v$VERSION" \
            -o "$bin/pulumi" "$MODULES/pkg/v3/cmd/pulumi" &&
        sdk=$("$go" list -mod=mod -m -f '{{.Dir}}' "$MODULES/sdk/v3") &&
        cp "$sdk/python/cmd/pulumi-language-python-exec" "$sdk/python/dist/pulumi-resource-pulumi-python" "$bin/"
}

write_launcher() {
    cat >"$1" <<'LAUNCHER'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd) || exit 1
root=$(cd "$here/../../.." && pwd) || exit 1
exec "$root/.venv/bin/python" "$root/tools/language_host.py" "$here/pulumi-language-python-exec" "$@"
LAUNCHER
}

fail() {
    say "no Pulumi engine can be installed on this machine. Tried:"
    printf '  - %s\n' "${tried[@]}" >&2
    say "Install Pulumi $FLOOR or newer and put it on PATH (https://www.pulumi.com/docs/iac/download-install/)," \
        "or allow access to $INSTALLER, or a Go module proxy with Go $GO_FLOOR or newer installed."
    exit 3
}

main() {
    engine_on_path && return
    engine_of_earlier_call && return
    lock
    engine_of_earlier_call && return
    open_workspace
    install_engine || build_engine || fail
    engine_of_earlier_call
}

main
