#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The lab's default kernel follows the distribution by lab/default-kernel alone: scripts, the
# Makefile and the command take it from there.
. "$(dirname "$0")/../lib/tap.sh"
cd "$top" || exit 1

# system NAME LINE...: a root directory in which /etc/os-release has these lines.
system() {
	root=$work/$1
	shift
	mkdir -p "$root/etc"
	printf '%s\n' "$@" >"$root/etc/os-release"
}

# chosen: the default kernel in $root, by a script and by the Makefile.
chosen() {
	EXITPROBE_ROOT=$root sh -c 'top=$1; . scripts/common.sh; default_kernel' - "$top"
	# shellcheck disable=SC2016 # make's variable
	EXITPROBE_ROOT=$root make -s --eval 'show: ; @echo $(KERNEL)' show
}

grep -v '^#' lab/default-kernel >"$work/table"
is "each line is a distribution, its version and a kernel" \
	"$(grep -vcxE '([a-z]+ +[0-9]+|\* +\*) +[0-9]+\.[0-9]+' "$work/table")" 0
is "there are Debian 12 and 13, and the others" "$(grep -cE '^(debian 12|debian 13|\* +\*) ' "$work/table")" 3
while read -r id version wanted; do
	[ "$id" != '*' ] || id=void version=1
	system "$id-$version" "ID=$id" "VERSION_ID=\"$version\""
	is "$id $version" "$(chosen | xargs)" "$wanted $wanted"
done <"$work/table"

# A Debian without a line: what its linux-headers-amd64 depends on.
system sid 'PRETTY_NAME="Debian GNU/Linux forky/sid"' ID=debian
mkdir "$work/bin"
printf '#!/bin/sh\necho linux-headers-amd64; echo "  Depends: linux-headers-6.99.3+deb14-amd64"\n' >"$work/bin/apt-cache"
chmod +x "$work/bin/apt-cache"
is "a newer Debian: apt says" "$(PATH=$work/bin:$PATH chosen | xargs)" "6.99 6.99"
printf '#!/bin/sh\nexit 100\n' >"$work/bin/apt-cache"
is "a newer Debian whose apt knows nothing" "$(PATH=$work/bin:$PATH chosen | uniq)" \
	"$(awk '$1 == "*" { print $3 }' "$work/table")"

# On this machine.
like="$(echo "$kernel" | sed 's/\./\\./')"
root=
is "here it is this distribution's" "$(chosen | uniq)" "$(. /etc/os-release && awk -v id="$ID" -v version="${VERSION_ID:-}" \
	'$1 == "*" && !found || $1 == id && $2 == version { kernel = $3; found = $1 == id } END { print kernel }' "$work/table")"
for command in run profile bisect; do
	is "exitprobe $command --help says it" \
		"$("$build/exitprobe" "$command" --help | grep -A 1 -e '--kernel' | grep -c "($like)")" 1
done

# Comments, and what is said of a kernel whether it is the default or not, are others'.
versions=$(awk '{ gsub(/\./, "\\.", $3); print $3 }' "$work/table" | sort -u | paste -s -d '|')
is "no other file sets it" "$(git grep -nE "(^|[=\" :-])($versions)([\" })]|\$)" -- Makefile scripts lab 'tools/*.[ch]' \
	'host-patch/[a-z]*' ':!host-patch/core' ':!host-patch/hooks' ':!host-patch/series' ':!host-patch/selftest' \
	':!lab/default-kernel' | grep -vE '^[^:]*:[0-9]*:[[:space:]]*(#|/?\*)|/\* "6|known are Linux|the source of Linux 6\.1 to')" ""
finish
