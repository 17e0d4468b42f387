#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What table.t cannot run: an SMI and a split lock, which run only if they are named, memory
# that the host backs by 4 KiB pages, and what its processors are not given there: RDRAND and
# RDSEED, which make no two runs alike, and MWAIT, which KVM shows to a guest that may idle by
# itself.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
cpus=amd
[ -z "$long" ] || cpus=intel

cat >"$work/job" <<'END'
. /lab/guest.sh
probe_records -overcommit cpu-pm=on -cpu host,+monitor -append "ops=rdrand,rdseed,mwait samples=50"
rm /tmp/records
probe_records -append "ops=smi,split-lock samples=50"
rm /tmp/records
echo never >/sys/kernel/mm/transparent_hugepage/enabled
probe_records -append "ops=touch-* samples=100"
END
export LAB_MORE=1

# QEMU's emulated EPYC has no RDSEED.
amd="mwait 2 1 VINTR+1 NPF
rdrand 0
rdseed skipped no RDSEED (CPUID 7 EBX bit 18)
smi 4 1 CR0_SEL_WRITE+1 RSM+2 IOIO
split-lock 0
touch-2m 1 1 NPF
touch-4k 1 1 NPF"
intel="mwait 2 1 INTERRUPT_WINDOW+1 EPT_VIOLATION
rdrand 0
rdseed 0
smi 4 1 EXCEPTION_NMI+1 CR_ACCESS+2 IO_INSTRUCTION
split-lock 0
touch-2m 1 1 EPT_VIOLATION
touch-4k 1 1 EPT_VIOLATION"

for cpu in $cpus; do
	ran "$cpu: status" 33 lab "$work/job" || continue
	records "$work/out" >"$work/records"
	case $cpu in
	amd) wanted=$amd ;;
	intel) wanted=$intel ;;
	esac
	is "$cpu: exits and reasons" "$(exits_of "$work/records")" "$wanted"
	is "$cpu: as the rows say" "$(jq -r 'select(.agrees == false) | .op' "$work/records")" ""
done
finish
