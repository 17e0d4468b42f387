# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completion of exitprobe's words for bash: commands, options by --help, operations.

# Of --ops and --skip: the last of its globs, as an operation or a family and a colon. bash
# takes a colon for the end of a word, and so only what comes behind it may be completed.
_exitprobe_globs() {
	local globs=$1 glob=${1##*,}

	mapfile -t COMPREPLY < <(compgen -P "${globs%"$glob"}" -W "$(exitprobe list --families |
		awk '{ print $1 ":*" }') $(exitprobe list | awk '{ print $1 }')" -- "$glob")
	if [[ $globs = *:* && $COMP_WORDBREAKS = *:* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${globs%:*}:"}")
	fi
}

_exitprobe() {
	local word=$2 previous=$3 command=${COMP_WORDS[1]}

	# As blanks divide them, which are not all that divide COMP_WORDS.
	local words
	read -ra words <<<"${COMP_LINE:0:COMP_POINT}."

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(exitprobe --help |
			sed -n 's/^  \([a-z]*\) .*/\1/p')" -- "$word")
		return
	fi
	if [ "${#words[@]}" -ge 2 ] && [[ ${words[-2]} = --ops || ${words[-2]} = --skip ]]; then
		words[-1]=${words[-1]%.}
		_exitprobe_globs "${words[-1]#[\"\']}"
		return
	fi
	case $previous in
	--accel) mapfile -t COMPREPLY < <(compgen -W "auto kvm tcg lab" -- "$word") ;;
	--counts) mapfile -t COMPREPLY < <(compgen -W "auto leaf trace stats none" -- "$word") ;;
	--cpu) mapfile -t COMPREPLY < <(compgen -W "amd intel" -- "$word") ;;
	--metric) mapfile -t COMPREPLY < <(compgen -W "p50 kernel out in user halted$([ "$command" != history ] ||
		echo " exits")" -- "$word") ;;
	--if) mapfile -t COMPREPLY < <(compgen -W "hv-time hv-vapic hv-stimer hv-synic hv-tlbflush hv-ipi kvm-pv-eoi apicv" -- "$word") ;;
	-f | --format) mapfile -t COMPREPLY < <(compgen -W "$(exitprobe "$command" -f '' x 2>&1 |
		sed -n 's/.*unknown; \(use\|known are\) //p' | sed 's/,//g; s/ or / /; s/ and / /')" -- "$word") ;;
	*)
		if [ "${word#-}" != "$word" ]; then
			mapfile -t COMPREPLY < <(compgen -W "$(exitprobe "$command" --help |
				grep -o -e '--[a-z-]*')" -- "$word")
		elif [ "$command" = host ]; then
			mapfile -t COMPREPLY < <(compgen -W "attach detach status off host guest" -- "$word")
		elif [ "$command" = history ] && [ "$COMP_CWORD" -eq 2 ]; then
			mapfile -t COMPREPLY < <(compgen -W "add list show check" -- "$word"
				compgen -d -- "$word")
		elif [ "$command" = history ] && [[ ${COMP_WORDS[2]} = show || ${COMP_WORDS[2]} = check ]] &&
			[ "$COMP_CWORD" -gt 3 ]; then
			mapfile -t COMPREPLY < <(compgen -W "$(exitprobe list |
				awk '{ print $1 }')" -- "$word")
		elif [ "$command" = watch ]; then
			# QEMU's pids of the VMs that run, which only root can see.
			mapfile -t COMPREPLY < <(compgen -W "all $(cd /sys/kernel/debug/kvm 2>/dev/null &&
				printf '%s\n' [0-9]*-* | sed -n 's/^\([0-9]*\)-.*/\1/p' | sort -u)" -- "$word")
		elif [ "$command" = profile ] || [ "$command" = bisect ]; then
			mapfile -t COMPREPLY < <(compgen -W "$(exitprobe list |
				awk '{ print $1 }')" -- "$word"
				# What --diff compares.
				[[ " ${COMP_WORDS[*]} " != *" --diff "* ]] || compgen -f -- "$word")
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$word")
		fi
		;;
	esac
}

complete -o filenames -F _exitprobe exitprobe
