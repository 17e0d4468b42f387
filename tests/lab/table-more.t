#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What table.t cannot run: an SMI and a split lock, which run only if they are named, memory
# that the host backs by 4 KiB pages, and what its processors are not given there: RDRAND and
# RDSEED, which make no two runs alike, MWAIT, which KVM shows to a guest that may idle by
# itself, and AMD's virtual GIF.  And nested guests that stray, on a host that does not use virtual
# GIF or a shadow VMCS, and on one without nesting.
. "$(dirname "$0")/../lib/tap.sh"
. "$top/tests/lib/records.sh"
. "$top/tests/lib/stray.sh"
stray "$work/loop.elf" "$stray_loop"
stray "$work/fault.elf" "$stray_fault"
cpus=amd
[ -z "$long" ] || cpus=intel

cat >"$work/job" <<'END'
. /lab/guest.sh
probe_records -overcommit cpu-pm=on -cpu host,+monitor -append "ops=rdrand,rdseed,mwait samples=50"
rm /tmp/records
probe_records -append "ops=smi,split-lock samples=50"
rm /tmp/records
echo never >/sys/kernel/mm/transparent_hugepage/enabled
probe_records -append "ops=touch-*,nested-serve,nested-*gi samples=100"
for stray in loop fault; do
	rm /tmp/records
	probe_records -kernel /lab/$stray.elf -append "ops=nop,nested-call,nested-cpuid samples=10"
done
again() {
	rm /tmp/records
	rmmod kvm_$vendor
	insmod /lib/modules/kvm-$vendor.ko $1
	probe_records -append "ops=$2 samples=10"
}
vendor=amd without=vgif=0
grep -qw vmx /proc/cpuinfo && vendor=intel without=enable_shadow_vmcs=0
again $without nested-serve,nested-stgi,nested-vmread,nested-vmwrite
again nested=0 nested-call
END
export LAB_MORE=1

# QEMU's emulated EPYC has no RDSEED.
amd="mwait 2 1 VINTR+1 NPF
rdrand 0
rdseed skipped no RDSEED (CPUID 7 EBX bit 18)
smi 4 1 CR0_SEL_WRITE+1 RSM+2 IOIO
split-lock 0
touch-2m 1 1 NPF
touch-4k 1 1 NPF
nested-serve 5 1 CPUID+1 VMRUN+2 VMLOAD+1 VMSAVE
nested-stgi 0
nested-clgi 0
nested-l2-stgi 2 1 VMRUN+1 VMMCALL
nested-l2-clgi 2 1 VMRUN+1 VMMCALL
nop 0
nested-call failed L2 ended by INTR, not by VMMCALL
nested-cpuid 2 1 CPUID+1 VMRUN
nop 0
nested-call failed L2 ended by EXCP6, not by VMMCALL
nested-cpuid 2 1 CPUID+1 VMRUN
nested-serve 7 1 CPUID+1 VMRUN+2 VMLOAD+1 VMSAVE+1 STGI+1 CLGI
nested-stgi 1 1 STGI
nested-vmread skipped VMX is Intel's
nested-vmwrite skipped VMX is Intel's
nested-call skipped no SVM (CPUID 0x80000001 ECX bit 2); the host needs kvm_amd.nested=1, QEMU -cpu host or -cpu ...,+svm"
intel="mwait 2 1 INTERRUPT_WINDOW+1 EPT_VIOLATION
rdrand 0
rdseed 0
smi 4 1 EXCEPTION_NMI+1 CR_ACCESS+2 IO_INSTRUCTION
split-lock 0
touch-2m 1 1 EPT_VIOLATION
touch-4k 1 1 EPT_VIOLATION
nested-serve 2 1 CPUID+1 VMRESUME
nested-stgi skipped SVM is AMD's
nested-clgi skipped SVM is AMD's
nested-l2-stgi skipped SVM is AMD's
nested-l2-clgi skipped SVM is AMD's
nop 0
nested-call failed L2 ended by EXTERNAL_INTERRUPT, not by VMCALL
nested-cpuid 2 1 CPUID+1 VMRESUME
nop 0
nested-call failed L2 ended by EXCEPTION_NMI, not by VMCALL
nested-cpuid 2 1 CPUID+1 VMRESUME
nested-serve 6 1 CPUID+3 VMREAD+1 VMRESUME+1 VMWRITE
nested-stgi skipped SVM is AMD's
nested-vmread 1 1 VMREAD
nested-vmwrite 1 1 VMWRITE
nested-call skipped no VMX (CPUID 1 ECX bit 5); the host needs kvm_intel.nested=1, QEMU -cpu host or -cpu ...,+vmx"

for cpu in $cpus; do
	ran "$cpu: status" 33 lab "$work/job" "$work/loop.elf" "$work/fault.elf" || continue
	records "$work/out" >"$work/records"
	case $cpu in
	amd) wanted=$amd ;;
	intel) wanted=$intel ;;
	esac
	is "$cpu: exits and reasons" "$(exits_of "$work/records")" "$wanted"
	is "$cpu: as the rows say" "$(jq -r 'select(.agrees == false) | .op' "$work/records")" ""
done
finish
