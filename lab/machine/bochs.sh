# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Bochs as Debian packages it, without a display and without its debugger's
# questions.

bochs_bios=/usr/share/bochs/BIOS-bochs-latest
bochs_vga_bios=/usr/share/bochs/VGABIOS-lgpl-latest

# bochs_config MODEL IPS MEMORY_MIB: what every machine's bochsrc has, with errors
# and notes of devices left out, which slow it down.
bochs_config() {
	cat <<-END
	config_interface: textconfig
	display_library: sdl2
	romimage: file=$bochs_bios
	vgaromimage: file=$bochs_vga_bios
	cpu: model=$1, count=1, ips=$2, reset_on_triple_fault=0, ignore_bad_msrs=1
	memory: guest=$3, host=$3
	clock: sync=none, time0=1767225600
	vga: extension=none, update_freq=1, realtime=0
	sound: driver=dummy
	speaker: enabled=0
	log: log
	panic: action=fatal
	error: action=ignore
	info: action=ignore
	debug: action=ignore
	END
}

# bochs_exec COMMAND...: run ./bochsrc by this command, which limits its time, say.
bochs_exec() {
	# Debian's Bochs stops in its debugger first.
	echo c >"continue"
	export SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy TZ=UTC LC_ALL=C
	"$@" bochs-bin -q -f bochsrc -rc "continue"
}
