// SPDX-License-Identifier: GPL-2.0-only
//
// The hooks of host-patch/hooks/sites a second time, as Coccinelle finds their places by the
// grammar of C: tests/cli/hooks.t compares the two. What is beside a statement is said here by
// what the statement is, not by where its text stands.

// --- #includes and structures

@include@
@@
 #include "cpuid.h"
+#include "exit_stats_hooks.h"

@include_debugfs depends on !include@
@@
+#include "exit_stats_hooks.h"
 #include "lapic.h"

@declarations@
@@
+struct kvm_exit_stats;
+struct kvm_exit_stats_vm;
 struct kvm_vcpu_arch {
 	...
 };

@vcpu_member@
@@
 struct kvm_vcpu_arch {
 	...
+	struct kvm_exit_stats *exit_stats;
+	struct kvm_exit_stats *exit_stats_current;
 };

@vm_member@
@@
 struct kvm_arch {
 	...
+	struct kvm_exit_stats_vm *exit_stats;
 };

// --- cpuid.c

// Before the goto: Coccinelle does not take a function whose label is missing.
@cpuid_out@
symbol entry, exact_only, vcpu, kvm, r, kvm_x86_ops, vcpu_create;
symbol kvm_x86_vcpu_create, kvm_x86_vm_init;
@@
 kvm_cpuid(...)
 {
 	<...
+out:
 	trace_kvm_cpuid(...);
 	...>
 }

@cpuid@
@@
 kvm_cpuid(...)
 {
 	<...
+	if (!entry && kvm_exit_stats_cpuid(vcpu, eax, ebx, ecx, edx)) {
+		exact = true;
+		goto out;
+	}
 	if (!entry && !exact_only) { ... }
 	...>
 }

// --- debugfs.c

@debugfs@
@@
 kvm_arch_create_vcpu_debugfs(...)
 {
+	kvm_exit_stats_create_debugfs(vcpu, debugfs_dentry);
 	...
 }

// --- svm.c

@svm@
expression E;
statement S1, S2;
@@
 svm_vcpu_enter_exit(...)
 {
 	<...
+	kvm_exit_stats_vmentry(vcpu);
 	if (\(sev_es_guest(E)\|is_sev_es_guest(E)\)) S1 else S2
+	if (kvm_exit_stats_kept(vcpu))
+		kvm_exit_stats_vmexit_svm(vcpu, svm->vmcb->control.exit_code);
 	...>
 }

// --- vmx.c

@vmx@
expression E;
@@
 vmx_vcpu_enter_exit(...)
 {
 	<...
+	kvm_exit_stats_vmentry(vcpu);
 	E = __vmx_vcpu_run(...);
+	kvm_exit_stats_vmexit_vmx(vcpu);
 	...>
 }

// In whichever function reads it.
@vmx_reason@
expression E;
@@
 E.full = vmcs_read32(VM_EXIT_REASON);
+kvm_exit_stats_reason_vmx(vcpu, E.basic);

@vmx_reason_word depends on !vmx_reason@
typedef u16;
expression E;
@@
 E = vmcs_read32(VM_EXIT_REASON);
+kvm_exit_stats_reason_vmx(vcpu, (u16)E);

// --- x86.c

@tsc_offset@
typedef u64;
identifier offset;
@@
 kvm_vcpu_write_tsc_offset(struct kvm_vcpu *vcpu, u64 offset)
 {
 	<...
+	if (offset != vcpu->arch.l1_tsc_offset)
+		kvm_exit_stats_tsc_changed(vcpu);
 	vcpu->arch.l1_tsc_offset = offset;
 	...>
 }

@tsc_multiplier@
@@
 kvm_vcpu_write_tsc_multiplier(...)
 {
+	kvm_exit_stats_tsc_changed(vcpu);
 	...
 }

@tsc_khz depends on !tsc_multiplier@
statement S, S1;
@@
 kvm_set_tsc_khz(...)
 {
 	... when != S1
+	kvm_exit_stats_tsc_changed(vcpu);
 	S
 	... when any
 }

@exit@
identifier F =~ "^(kvm_x86_vendor_exit|kvm_arch_exit)$";
@@
 F(...)
 {
 	<...
 	kvm_lapic_exit();
+	kvm_exit_stats_exit();
 	...>
 }

@block_halt@
@@
 vcpu_block(...)
 {
 	<+...
+	kvm_exit_stats_block_begin(vcpu);
 	if (vcpu->arch.mp_state == KVM_MP_STATE_HALTED)
 		kvm_vcpu_halt(vcpu);
 	else
 		kvm_vcpu_block(vcpu);
+	kvm_exit_stats_block_end(vcpu);
 	...+>
 }

@block depends on !block_halt@
@@
 vcpu_block(...)
 {
 	<...
+	kvm_exit_stats_block_begin(vcpu);
 	kvm_vcpu_block(vcpu);
+	kvm_exit_stats_block_end(vcpu);
 	...>
 }

@run@
@@
 kvm_arch_vcpu_ioctl_run(...)
 {
 	<...
(
 	vcpu_load(vcpu);
+	kvm_exit_stats_run_begin(vcpu);
|
+	kvm_exit_stats_block_begin(vcpu);
 	kvm_vcpu_block(vcpu);
+	kvm_exit_stats_block_end(vcpu);
|
+	kvm_exit_stats_run_end(vcpu, r);
 	vcpu_put(vcpu);
)
 	...>
 }

// The label is that of the failure itself.
@create@
identifier failed;
@@
 kvm_arch_vcpu_create(...)
 {
 	<...
+	r = kvm_exit_stats_create_vcpu(vcpu);
+	if (r)
+		goto failed;
 	r = \(static_call(kvm_x86_vcpu_create)(vcpu)\|kvm_x86_call(vcpu_create)(vcpu)\|kvm_x86_ops.vcpu_create(vcpu)\);
 	if (r)
 		goto failed;
 	...>
 }

@create_undo@
identifier create.failed;
@@
 kvm_arch_vcpu_create(...)
 {
 	<...
 failed:
+	kvm_exit_stats_destroy_vcpu(vcpu);
 	...>
 }

@destroy_vcpu@
@@
 kvm_arch_vcpu_destroy(...)
 {
 	<...
 	kvm_pmu_destroy(vcpu);
+	kvm_exit_stats_destroy_vcpu(vcpu);
 	...>
 }

@init_vm@
@@
 kvm_arch_init_vm(...)
 {
 	<...
(
+	kvm_exit_stats_init_vm(kvm);
 	return 0;
|
-	return static_call(kvm_x86_vm_init)(kvm);
+	return kvm_exit_stats_vm_made(kvm, static_call(kvm_x86_vm_init)(kvm));
|
-	return kvm_x86_ops.vm_init(kvm);
+	return kvm_exit_stats_vm_made(kvm, kvm_x86_ops.vm_init(kvm));
)
 	...>
 }

@destroy_vm@
@@
 kvm_arch_destroy_vm(...)
 {
 	<...
 	kvm_hv_destroy_vm(kvm);
+	kvm_exit_stats_destroy_vm(kvm);
 	...>
 }

// --- kvm_main.c

@sched_in@
@@
 kvm_sched_in(...)
 {
 	<...
+	kvm_exit_stats_sched_in(vcpu);
 	kvm_arch_vcpu_load(vcpu, cpu);
 	...>
 }

@sched_out@
@@
 kvm_sched_out(...)
 {
 	<...
 	kvm_arch_vcpu_put(vcpu);
+	kvm_exit_stats_sched_out(vcpu);
 	...>
 }
