# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completion of exitprobe's words for bash: commands, options by --help, operations.

_exitprobe() {
	local word=$2 previous=$3 command=${COMP_WORDS[1]}

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(exitprobe --help |
			sed -n 's/^  \([a-z]*\) .*/\1/p')" -- "$word")
		return
	fi
	case $previous in
	--accel) mapfile -t COMPREPLY < <(compgen -W "auto kvm tcg lab" -- "$word") ;;
	--counts) mapfile -t COMPREPLY < <(compgen -W "auto leaf trace stats none" -- "$word") ;;
	--cpu) mapfile -t COMPREPLY < <(compgen -W "amd intel" -- "$word") ;;
	--ops | --skip) mapfile -t COMPREPLY < <(compgen -W "$(exitprobe list |
		awk '{ print $1 }')" -- "$word") ;;
	--metric) mapfile -t COMPREPLY < <(compgen -W "p50 kernel out in user halted" -- "$word") ;;
	*)
		if [ "${word#-}" != "$word" ]; then
			mapfile -t COMPREPLY < <(compgen -W "$(exitprobe "$command" --help |
				grep -o -e '--[a-z-]*')" -- "$word")
		elif [ "$command" = host ]; then
			mapfile -t COMPREPLY < <(compgen -W "attach detach status off host guest" -- "$word")
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
