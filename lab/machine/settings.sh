# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For lab/boot -q: parameters of KVM's modules, by MODULE.PARAMETER=VALUE as on a kernel's
# command line. The modules themselves say which parameters they have.

# modinfo_of FILE: print a module's strings of .modinfo, one on each line.
modinfo_of() {
	readelf -p .modinfo "$1" 2>/dev/null | sed -n 's/^ *\[ *[0-9a-f]*\]  *//p'
}

# parameters_of FILE: print "NAME TYPE" for each parameter. The exit statistics' own have no type there.
parameters_of() {
	modinfo_of "$1" | sed -n 's/^parmtype=\([^:]*\):\(.*\)/\1 \2/p'
}

# check_value SETTING TYPE: end with an error if the type does not take the value. Of an unsigned one
# the kernel takes no sign.
check_value() {
	case $2 in
	bool)
		case ${1#*=} in
		[01yYnN]) return ;;
		esac
		die "-q $1: must be 0, 1, N or Y"
		;;
	*int | *short | *long)
		case ${1#*=} in
		[0-9] | [1-9]*) expr "${1#*=}" : '[0-9]*$' >/dev/null && return ;;
		-[1-9]*)
			case $2 in
			*uint | *hexint | *ushort | *ulong | *ullong) die "-q $1: must be a number, 0 or more" ;;
			esac
			expr "${1#*=}" : '-[0-9]*$' >/dev/null && return
			;;
		esac
		die "-q $1: must be a number"
		;;
	esac
}

# check_setting SETTING: end with an error unless it is of a module that -c $vendor loads from
# $modules, and this has the parameter.
check_setting() {
	case $1 in
	*[!a-zA-Z0-9_.=-]* | .* | *.=*) die "-q $1: must be MODULE.PARAMETER=VALUE, as kvm_$vendor.nested=0" ;;
	[a-z]*.[a-z]*=?*) ;;
	*) die "-q $1: must be MODULE.PARAMETER=VALUE, as kvm_$vendor.nested=0" ;;
	esac
	module=${1%%.*}
	parameter=${1#*.}
	parameter=${parameter%%=*}
	case $module in
	kvm | "kvm_$vendor") ;;
	kvm_amd | kvm_intel) die "-q $1: -c $vendor does not load $module; use -c ${module#kvm_}" ;;
	*) die "-q $1: $module: unknown module; known are kvm and kvm_$vendor" ;;
	esac
	file=$modules/$(echo "$module" | tr _ -).ko
	type=$(parameters_of "$file" | awk -v name="$parameter" '$1 == name { sub(/^[^ ]* /, ""); print }')
	case $type:$1 in
	?*:*) check_value "$1" "$type" ;;
	:kvm.exit_stats*) ;;
	*) die "-q $1: $module has no parameter $parameter; it has $(parameters_of "$file" | cut -d ' ' -f 1 | sort | xargs)" ;;
	esac
}

# write_settings DIR SETTING...: for the lab's init, which loads the modules with them.
write_settings() {
	into=$1
	shift
	for setting; do
		module=${setting%%.*}
		echo "${setting#*.}" >>"$into/$([ "$module" = kvm ] && echo kvm || echo vendor)-parameters"
		parameter=${setting#*.}
		echo "$module ${parameter%%=*} ${setting#*=}" >>"$into/settings"
	done
}

# settings_told CONSOLE: say which settings are not in force, which the lab's init has printed.
settings_told() {
	tr -d '\r' <"$1" | sed -n 's/^lab: setting //p' | while read -r line; do
		say "lab: $line"
	done
}
