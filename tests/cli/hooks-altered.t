#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# host-patch/hooks/place.awk in sources that were altered: each hook is put at its place, or
# is refused with its reason. All begin as files of Linux 6.1.
. "$(dirname "$0")/../lib/tap.sh"

sites=$top/host-patch/hooks/sites
[ -e /usr/src/linux-source-6.1.tar.xz ] || skip_all "it alters Linux 6.1, which this distribution does not have"
source_6_1=$("$top/host-patch/unpack" /usr/src/linux-source-6.1.tar.xz)

# alter FILE: 6.1's arch/x86/FILE, or virt/FILE, changed by the sed script in standard input. Find
# its places.
alter() {
	case $1 in
	virt/*) file=$1 ;;
	*) file=arch/x86/$1 ;;
	esac
	sed -f - "$source_6_1/$file" >"$work/altered"
	! cmp -s "$work/altered" "$source_6_1/$file" || is "the script for $file changes it" no yes
	place
}

# place: find the places in $work/altered.
place() {
	status=0
	LC_ALL=C awk -v file="$file" -f "$top/host-patch/hooks/place.awk" "$sites" - \
		<"$work/altered" >"$work/placed" 2>"$work/said" || status=$?
}

# refused DESCRIPTION REGEX...: a line for each hook that has no place; no output.
refused() {
	description=$1
	shift
	is "$description: refused" "$status $(wc -c <"$work/placed") $(wc -l <"$work/said")" "1 0 $#"
	for regex in "$@"; do
		has "$description: said" "$work/said" "^$file: $regex"
	done
}

# placed DESCRIPTION FROM TO: the lines FROM to TO are those of standard input.
placed() {
	is "$1" "$status$(cat "$work/said")
$(sed -n "/$2/,/$3/p" "$work/placed")" "0
$(cat)"
}

# run_refused DESCRIPTION REASON [REASON_AFTER]: both hooks beside VMX's run call.
run_refused() {
	refused "$1" "hook vmentry_vmx: $2" "hook vmexit_vmx: ${3:-$2}"
}
none='no place for it; tried vmx_vcpu_enter_exit: (before|after) __vmx_vcpu_run\($'

# function_refused DESCRIPTION REASON: all three hooks that look into VMX's function.
function_refused() {
	refused "$1" "hook vmentry_vmx: $2" "hook vmexit_vmx: $2" "hook reason_vmx: $2"
}

# svm_run_refused DESCRIPTION REASON [REASON_AFTER]: and SVM's.
svm_run_refused() {
	refused "$1" "hook vmentry_svm: $2" "hook vmexit_svm: ${3:-$2}"
}

# For sed: the lines of VMX's run call, the first of them, and that of its function.
run_line='/vmx->fail = __vmx_vcpu_run(/'
run='/vmx->fail = __vmx_vcpu_run(/,/flags);/'
vmx_function='/^static noinstr void vmx_vcpu_enter_exit/'

# --- where the call is -----------------------------------------------------------

alter kvm/vmx/vmx.c <<END
$vmx_function i\\
static void run(struct vcpu_vmx *vmx)\\
{\\
	vmx->fail = __vmx_vcpu_run(vmx, 0, 0);\\
}\\

${run}c\\
	run(vmx);
END
run_refused "a call that moved to another function" "$none"

alter kvm/vmx/vmx.c <<END
${run}d
/^	guest_state_exit_irqoff();\$/i\\
	vmx->fail = __vmx_vcpu_run(vmx, flags);\\

END
placed "a call that moved within its function" 'vmx_enable_fb_clear.vmx.;$' '^}' <<'END'
	vmx_enable_fb_clear(vmx);

	kvm_exit_stats_vmentry(vcpu);
	vmx->fail = __vmx_vcpu_run(vmx, flags);
	kvm_exit_stats_vmexit_vmx(vcpu);

	guest_state_exit_irqoff();
}
END

alter kvm/vmx/vmx.c <<END
/^	guest_state_exit_irqoff();\$/i\\
	if (vmx->fail)\\
		vmx->fail = __vmx_vcpu_run(vmx, flags);
END
run_refused "a call twice in its function" "there are 2 places for it \(vmx_vcpu_enter_exit: "

alter kvm/vmx/vmx.c <<END
${run}c\\
	if (vcpu) vmx->fail = __vmx_vcpu_run(vmx, 0); else vmx->fail = __vmx_vcpu_run(vmx, 1);
END
run_refused "a call twice in a line" "there are 2 places for it "

alter kvm/vmx/vmx.c <<END
${run}c\\
	vmx->fail = vcpu ? __vmx_vcpu_run(vmx, 0) : __vmx_vcpu_run(vmx, 1);
END
run_refused "a call twice in a statement" "there are 2 places for it "

alter kvm/vmx/vmx.c <<END
$vmx_function i\\
static void again(struct vcpu_vmx *vmx)\\
{\\
	vmx->fail = __vmx_vcpu_run(vmx, 0, 0);\\
}\\

END
run_refused "a call in another function, too" "the file has it elsewhere, too "

alter kvm/vmx/vmx.c <<END
$vmx_function i\\
static bool again(struct vcpu_vmx *vmx) { return __vmx_vcpu_run(vmx, 0, 0); }\\

END
run_refused "a call in another function that is one line, too" "the file has it elsewhere, too "

alter kvm/vmx/vmx.c <<END
$vmx_function i\\
#define run_again(vmx) do { \\\\\\
	(vmx)->fail = __vmx_vcpu_run(vmx, 0, 0); \\\\\\
} while (0)\\

END
run_refused "a call in a macro, too" "the file has it elsewhere, too "

alter kvm/vmx/vmx.c <<END
$vmx_function i\\
#define run(vmx) __vmx_vcpu_run(vmx, 0, 0)\\

${run}c\\
	vmx->fail = run(vmx);
END
run_refused "a call in a macro" "$none"

alter kvm/vmx/vmx.c <<'END'
/vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);/h
/^static noinstr void vmx_vcpu_enter_exit/i\
static void fast(struct vcpu_vmx *vmx)\
{\
	vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);\
}\

END
refused "an exit reason that another function reads, too" "hook reason_vmx: the file has it elsewhere, too "

# --- #if --------------------------------------------------------------------------

alter kvm/vmx/vmx.c <<END
${run}c\\
#ifdef CONFIG_RUN\\
	vmx->fail = __vmx_vcpu_run(vmx, flags);\\
#endif
END
run_refused "a call under an #ifdef" "it is under an #if "

alter kvm/vmx/vmx.c <<END
${run}c\\
#ifdef CONFIG_RUN\\
	vmx->fail = __vmx_vcpu_run(vmx, flags);\\
#else\\
	vmx->fail = __vmx_vcpu_run(vmx);\\
#endif
END
run_refused "a call under both branches of an #ifdef" "there are 2 places for it "

alter kvm/vmx/vmx.c <<END
${run}c\\
#ifndef CONFIG_NO_RUN\\
	vmx->fail = 0;\\
# else\\
	vmx->fail = __vmx_vcpu_run(vmx);\\
# endif
END
run_refused "a call under the other branch" "it is under an #if "

alter kvm/vmx/vmx.c <<END
${run}c\\
	vmx->fail = __vmx_vcpu_run(vmx,\\
#ifdef CONFIG_RUN\\
				   flags\\
#endif\\
				   );
END
run_refused "a call whose arguments are under an #ifdef" "it is under an #if "

alter kvm/vmx/vmx.c <<END
${run}c\\
#ifdef CONFIG_RUN\\
	if (vcpu)\\
#endif\\
		vmx->fail = __vmx_vcpu_run(vmx);
END
run_refused "a call whose if is under an #ifdef" "it has no braces around it "

alter kvm/vmx/vmx.c <<END
${run}c\\
#ifdef CONFIG_RUN\\
	if (vcpu) {\\
#else\\
	if (vmx) {\\
#endif\\
		vmx->fail = __vmx_vcpu_run(vmx);\\
	}
END
function_refused "braces that an #ifdef has twice" "the braces or #ifs of vmx_vcpu_enter_exit are not understood "

alter kvm/vmx/vmx.c <<END
${run}c\\
#define begin(x) do { \\\\\\
	while (x) { \\\\\\
		if (x)\\
	vmx->fail = __vmx_vcpu_run(vmx);
END
placed "braces in a macro of several lines" '_exit_stats_vmentry' '_vmexit_vmx' <<'END'
	kvm_exit_stats_vmentry(vcpu);
	vmx->fail = __vmx_vcpu_run(vmx);
	kvm_exit_stats_vmexit_vmx(vcpu);
END

alter kvm/svm/svm.c <<'END'
/^	if (sev_es_guest(vcpu->kvm))$/i\
#ifdef CONFIG_KVM_AMD_SEV
/^		__svm_vcpu_run(svm/a\
#endif
END
svm_run_refused "a whole if under an #ifdef" "it is under an #if "

alter kvm/svm/svm.c <<'END'
/^	if (sev_es_guest(vcpu->kvm))$/i\
#ifdef CONFIG_KVM_AMD_SEV
/^	else$/{
n
/__svm_vcpu_run/i\
#endif
}
END
svm_run_refused "an if under an #ifdef, but for its last branch" "it is under an #if "

alter kvm/vmx/vmx.c <<END
$vmx_function i\\
#ifdef CONFIG_RUN
$vmx_function,/^}/s/^}/&\\
#endif/
END
placed "a function under an #ifdef as a whole" '_exit_stats_vmentry' '_vmexit_vmx' <<'END'
	kvm_exit_stats_vmentry(vcpu);
	vmx->fail = __vmx_vcpu_run(vmx, (unsigned long *)&vcpu->arch.regs,
				   flags);
	kvm_exit_stats_vmexit_vmx(vcpu);
END

alter kvm/vmx/vmx.c <<END
$vmx_function i\\
#ifdef CONFIG_RUN\\
static noinstr void vmx_vcpu_enter_exit(struct kvm_vcpu *vcpu)\\
{\\
	run();\\
}\\
#else
END
function_refused "a function that is defined twice" "vmx_vcpu_enter_exit is defined 2 times "

alter kvm/vmx/vmx.c <<END
$vmx_function i\\
static noinstr void vmx_vcpu_enter_exit(struct kvm_vcpu *vcpu) { run(); }\\

END
function_refused "a function that is defined twice, once in a line" "vmx_vcpu_enter_exit is defined 2 times "

alter kvm/cpuid.c <<'END'
s/^#include "cpuid.h"$/#ifdef CONFIG_X\n&\n#endif/
END
refused "an #include under an #ifdef" "hook include_cpuid: it is under an #if \(after-line "

# --- ifs, loops, blocks -----------------------------------------------------------

# 6.2 to 6.5 read the reason under an else without braces.
alter kvm/vmx/vmx.c <<'END'
s/^	vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);/	if (failed)\
		vmx->exit_reason.full = 0xdead;\
	else\
	&/
END
placed "a statement under an else without braces" '^	if (failed) {' '^	}$' <<'END'
	if (failed) {
		vmx->exit_reason.full = 0xdead;
	} else {
		vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);
		kvm_exit_stats_reason_vmx(vcpu, vmx->exit_reason.basic);
	}
END

alter kvm/vmx/vmx.c <<'END'
s/^	vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);/	if (likely(!vmx->fail))\
	&	\/* not\
		* VM-fail *\/\
	else\
		vmx->exit_reason.full = 0xdead;/
END
placed "a statement under an if without braces" '^	if (likely(!vmx->fail)) {' '^	}$' <<'END'
	if (likely(!vmx->fail)) {
		vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);	/* not
		* VM-fail */
		kvm_exit_stats_reason_vmx(vcpu, vmx->exit_reason.basic);
	} else {
		vmx->exit_reason.full = 0xdead;
	}
END

alter kvm/vmx/vmx.c <<'END'
s/^	vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);/	if (likely(!vmx->fail))\
	&	\/* not\
		* VM-fail *\//
END
placed "and a comment that goes on below" '^	if (likely(!vmx->fail)) {' '^	}$' <<'END'
	if (likely(!vmx->fail)) {
		vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);	/* not
		* VM-fail */
		kvm_exit_stats_reason_vmx(vcpu, vmx->exit_reason.basic);
	}
END

alter kvm/vmx/vmx.c <<'END'
s/^	vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);/	if (vmx->fail) {\
		vmx->exit_reason.full = 0xdead;\
	} else\
	&/
END
refused "a statement under an else, with braces before it" "hook reason_vmx: it has no braces around it "

alter kvm/vmx/vmx.c <<'END'
s/^	vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);/	if (vmx->fail)\
	{\
		vmx->exit_reason.full = 0xdead;\
	}\
	else\
	&/
END
refused "and braces in lines of their own" "hook reason_vmx: it has no braces around it "

alter kvm/vmx/vmx.c <<'END'
s/^	vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);/	if (vmx->fail)\
		vmx->exit_reason.full = 0xdead;\
	else if (vcpu)\
	&/
END
refused "a statement under an else if" "hook reason_vmx: it has no braces around it "

alter kvm/vmx/vmx.c <<'END'
s/^	vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);/	if (failed)	{\
		vmx->exit_reason.full = 0xdead;\
	} else	{\
	&\
	}/
END
placed "a statement in braces" '^	} else	{$' '^	}$' <<'END'
	} else	{
		vmx->exit_reason.full = vmcs_read32(VM_EXIT_REASON);
		kvm_exit_stats_reason_vmx(vcpu, vmx->exit_reason.basic);
	}
END

alter kvm/vmx/vmx.c <<END
${run}c\\
	if (__vmx_vcpu_run(vmx, flags))\\
		vmx->fail = 1;
END
refused "a call in a condition" "hook vmexit_vmx: it is in the condition of an if "

alter kvm/vmx/vmx.c <<END
${run}c\\
	while (__vmx_vcpu_run(vmx, flags))\\
		vmx->fail = 1;
END
run_refused "a call in the condition of a loop" "it is in the condition of a loop "

alter kvm/vmx/vmx.c <<END
${run}c\\
	do {\\
		vmx->fail = 1;\\
	} while (__vmx_vcpu_run(vmx, flags));
END
run_refused "a call in the condition of a do" "$none"

alter kvm/vmx/vmx.c <<END
${run}c\\
	return (void)__vmx_vcpu_run(vmx, flags);
END
refused "a call that is returned" "hook vmexit_vmx: what comes after it may be left out "

for loop in 'for (;;)' 'while (vmx->fail)' 'do' 'kvm_for_each_vcpu(i, vcpu, kvm)' 'switch (flags)'; do
	alter kvm/vmx/vmx.c <<END
${run}c\\
	$loop {\\
		vmx->fail = __vmx_vcpu_run(vmx, flags);\\
	}$([ "$loop" != 'do' ] || echo ' while (vmx->fail);')
END
	placed "a call in a block: $loop" '_exit_stats_vmentry' '^	}' <<END
		kvm_exit_stats_vmentry(vcpu);
		vmx->fail = __vmx_vcpu_run(vmx, flags);
		kvm_exit_stats_vmexit_vmx(vcpu);
	}$([ "$loop" != 'do' ] || echo ' while (vmx->fail);')
END
	[ "$loop" != 'do' ] || continue
	alter kvm/vmx/vmx.c <<END
${run}c\\
	$loop\\
		vmx->fail = __vmx_vcpu_run(vmx, flags);
END
	run_refused "a call without a block: $loop" "it has no braces around it "
done

alter kvm/vmx/vmx.c <<END
${run}c\\
	switch (flags) {\\
	case 0:\\
		vmx->fail = 1;\\
		break;\\
	case VMX_RUN ... 9:\\
		vmx->fail = __vmx_vcpu_run(vmx, flags);\\
		break;\\
	default:\\
		vmx->fail = 2;\\
	}
END
placed "a call under a case" '^	case VMX_RUN' 'break;' <<'END'
	case VMX_RUN ... 9:
		kvm_exit_stats_vmentry(vcpu);
		vmx->fail = __vmx_vcpu_run(vmx, flags);
		kvm_exit_stats_vmexit_vmx(vcpu);
		break;
END

alter kvm/svm/svm.c <<'END'
/^static noinstr void svm_vcpu_enter_exit/,/^}/ {
	/^	if (sev_es_guest(vcpu->kvm))$/i\
	do {
	/^		__svm_vcpu_run(svm/a\
	} while (svm->again);
}
END
svm_run_refused "SVM's if in a loop" "it is in a loop "

alter kvm/svm/svm.c <<'END'
/^static noinstr void svm_vcpu_enter_exit/,/^}/ {
	/^	if (sev_es_guest(vcpu->kvm))$/i\
	kvm_for_each_vcpu(i, vcpu, kvm)
}
END
svm_run_refused "SVM's if in a loop without braces" "it is in a loop "

alter kvm/svm/svm.c <<'END'
/^		__svm_sev_es_vcpu_run(svm/ {
	i\
	{
	a\
		return;\
	}
}
END
refused "a return from SVM's if" "hook vmexit_svm: what comes after it may be left out "

alter kvm/svm/svm.c <<'END'
/^static noinstr void svm_vcpu_enter_exit/,/^}/ {
	s/^		__svm_sev_es_vcpu_run(/		sev_es_run(/
	/^	amd_clear_divider();/a\
	__svm_sev_es_vcpu_run(svm, 0);
}
END
svm_run_refused "SVM's other call moved" "__svm_sev_es_vcpu_run\( is not in the same statement "

# As 5.11 to 5.17 are.
alter kvm/svm/svm.c <<'END'
/^		__svm_vcpu_run(svm/c\
	{\
		__svm_vcpu_run(svm->vmcb_pa);\
#ifdef CONFIG_X86_64\
		native_wrmsrl(MSR_GS_BASE, svm->host.gs.base);\
#else\
		loadsegment(fs, svm->host.fs);\
#endif\
	}
END
placed "the whole if, after the host's GS base" '_exit_stats_vmentry' '_vmexit_svm' <<'END'
	kvm_exit_stats_vmentry(vcpu);
	if (sev_es_guest(vcpu->kvm))
		__svm_sev_es_vcpu_run(svm, spec_ctrl_intercepted);
	else
	{
		__svm_vcpu_run(svm->vmcb_pa);
#ifdef CONFIG_X86_64
		native_wrmsrl(MSR_GS_BASE, svm->host.gs.base);
#else
		loadsegment(fs, svm->host.fs);
#endif
	}

	if (kvm_exit_stats_kept(vcpu))
		kvm_exit_stats_vmexit_svm(vcpu, svm->vmcb->control.exit_code);
END

# --- lines and comments -----------------------------------------------------------

alter kvm/vmx/vmx.c <<END
${run}c\\
	/* vmx->fail = __vmx_vcpu_run(vmx); */\\
	pr_info("\\\\"__vmx_vcpu_run(vmx);");	// __vmx_vcpu_run(vmx)\\
	/*\\
	vmx->fail = __vmx_vcpu_run(vmx);\\
	 */
END
run_refused "a call in comments and strings only" "$none"

alter kvm/vmx/vmx.c <<END
${run_line}i\\
	/* vmx->fail = __vmx_vcpu_run(vmx); */\\
	pr_info("\\\\"__vmx_vcpu_run(vmx); /*%c", '"');	// __vmx_vcpu_run(vmx)\\
	/*\\
	vmx->fail = __vmx_vcpu_run(vmx);\\
	 */\\

END
placed "a call in comments and strings, too" '^	kvm_exit_stats_vmentry' '_vmexit_vmx' <<'END'
	kvm_exit_stats_vmentry(vcpu);
	vmx->fail = __vmx_vcpu_run(vmx, (unsigned long *)&vcpu->arch.regs,
				   flags);
	kvm_exit_stats_vmexit_vmx(vcpu);
END

alter kvm/vmx/vmx.c <<END
${run}c\\
	before();	/* A comment\\
			 * that goes on. */\\
	vmx->fail = __vmx_vcpu_run(vmx);	/* And another\\
						 * that does. */\\
	after();
END
placed "comments that go on below a statement" '^	before' '^	after' <<'END'
	before();	/* A comment
			 * that goes on. */
	kvm_exit_stats_vmentry(vcpu);
	vmx->fail = __vmx_vcpu_run(vmx);	/* And another
						 * that does. */
	kvm_exit_stats_vmexit_vmx(vcpu);
	after();
END

alter kvm/vmx/vmx.c <<END
${run}c\\
	before();	/* A comment\\
	that goes on. */ vmx->fail = __vmx_vcpu_run(vmx);	/* And another\\
	that does. */ after();
END
run_refused "comments between two statements" "it does not begin a line " "it does not end a line "

alter kvm/vmx/vmx.c <<END
${run_line}i\\
	/*\\
	 * What it does.\\
	 */
END
placed "the comment above belongs to the statement" 'exit_stats_vmentry' 'What it does' <<'END'
	kvm_exit_stats_vmentry(vcpu);
	/*
	 * What it does.
END

alter kvm/vmx/vmx.c <<END
${run}c\\
	vmx->fail = __vmx_vcpu_run(vmx); vmx_enable_fb_clear(vmx);
END
refused "a statement that another follows in its line" "hook vmexit_vmx: it does not end a line "

alter kvm/vmx/vmx.c <<END
${run}c\\
	vmx_disable_fb_clear(vmx); vmx->fail = __vmx_vcpu_run(vmx);
END
refused "a statement that follows another in its line" "hook vmentry_vmx: it does not begin a line "

alter kvm/vmx/vmx.c <<END
${run}c\\
again:	vmx->fail = __vmx_vcpu_run(vmx);
END
refused "a label in its line" "hook vmentry_vmx: it does not begin a line "

alter kvm/vmx/vmx.c <<END
${run}c\\
    vmx -> fail=__vmx_vcpu_run\\
      (\\
	vmx\\
      )\\
    ;
END
placed "a statement over lines, with blanks" '_exit_stats_vmentry' '_vmexit_vmx' <<'END'
kvm_exit_stats_vmentry(vcpu);
    vmx -> fail=__vmx_vcpu_run
      (
	vmx
      )
    ;
kvm_exit_stats_vmexit_vmx(vcpu);
END

alter kvm/vmx/vmx.c <<END
${run}c\\
	vmx->fail = ({\\
		bool fail;\\
\\
		if (vcpu)\\
			fail = __vmx_vcpu_run(vmx);\\
		fail;\\
	});
END
placed "a call in a statement expression" '_exit_stats_vmentry' '_vmexit_vmx' <<'END'
	kvm_exit_stats_vmentry(vcpu);
	vmx->fail = ({
		bool fail;

		if (vcpu)
			fail = __vmx_vcpu_run(vmx);
		fail;
	});
	kvm_exit_stats_vmexit_vmx(vcpu);
END

alter kvm/debugfs.c <<'END'
s/$/\r/
END
refused "lines that end in CR LF" 'line 1 ends in CR LF'

alter kvm/svm/svm.c <<'END'
s/	/        /g
END
placed "blanks for tabs" '_exit_stats_vmentry' '_vmexit_svm' <<'END'
kvm_exit_stats_vmentry(vcpu);
        if (sev_es_guest(vcpu->kvm))
                __svm_sev_es_vcpu_run(svm, spec_ctrl_intercepted);
        else
                __svm_vcpu_run(svm, spec_ctrl_intercepted);

if (kvm_exit_stats_kept(vcpu))
	kvm_exit_stats_vmexit_svm(vcpu, svm->vmcb->control.exit_code);
END

# --- functions and structures -----------------------------------------------------

alter kvm/debugfs.c <<'END'
/^void kvm_arch_create_vcpu_debugfs/ {
	N
	c\
void kvm_arch_create_vcpu_debugfs(struct kvm_vcpu *vcpu, /* x; */\
				  struct dentry *debugfs_dentry)\
	__acquires(x) {
}
END
placed "a function's head on lines" '__acquires' 'guest_mode' <<'END'
	__acquires(x) {
	kvm_exit_stats_create_debugfs(vcpu, debugfs_dentry);

	debugfs_create_file("guest_mode", 0444, debugfs_dentry, vcpu,
END

alter kvm/debugfs.c <<'END'
/^void kvm_arch_create_vcpu_debugfs/,/^{/ {
	/^{/c\
{\
	static const struct file_operations *fops[] = { &vcpu_guest_mode_fops };\
	struct kvm **kvm;\
	DECLARE_BITMAP(map, 1);\
	u64 x;
}
END
placed "first is after the declarations" '^	u64 x' 'guest_mode' <<'END'
	u64 x;
	kvm_exit_stats_create_debugfs(vcpu, debugfs_dentry);

	debugfs_create_file("guest_mode", 0444, debugfs_dentry, vcpu,
END

alter kvm/debugfs.c <<'END'
/^void kvm_arch_create_vcpu_debugfs/,/^}/c\
void kvm_arch_create_vcpu_debugfs(struct kvm_vcpu *vcpu, struct dentry *debugfs_dentry) { }
END
refused "a function in one line" 'hook create_debugfs: other code is on the line of the first brace of kvm_arch_create_vcpu_debugfs '

alter kvm/debugfs.c <<'END'
/^void kvm_arch_create_vcpu_debugfs/,/^{/s/^{/{	int x; create(x);/
END
refused "a function that begins in the line of its brace" 'hook create_debugfs: other code is on the line of the first brace of '

alter kvm/debugfs.c <<'END'
/^void kvm_arch_create_vcpu_debugfs/i\
static int one(void)\
{ return 1; }\
\
static int two(void) { return 2; }\
\
struct three { int x; };\

END
placed "a function below others of one line" '^void kvm_arch_create_vcpu_debugfs' 'exit_stats' <<'END'
void kvm_arch_create_vcpu_debugfs(struct kvm_vcpu *vcpu, struct dentry *debugfs_dentry)
{
	kvm_exit_stats_create_debugfs(vcpu, debugfs_dentry);
END

alter kvm/debugfs.c <<'END'
/^#include "lapic.h"/i\
/*\
#include "lapic.h"\
 */
END
placed "a line in a comment does not count" 'exit_stats_hooks' 'lapic.h' <<'END'
#include "exit_stats_hooks.h"
#include "lapic.h"
END

alter include/asm/kvm_host.h <<'END'
s/^struct kvm_arch {/struct kvm_arch { int x; };\n\n&/
END
refused "a structure twice" 'hook vm_member: struct kvm_arch is defined 2 times '

# --- x86.c, which takes longest ---------------------------------------------------

alter kvm/x86.c <<'END'
/^static inline int vcpu_block/,/^}/ {
	s/^			kvm_vcpu_block(vcpu);/			nothing();/
	/kvm_vcpu_srcu_read_unlock/i\
		kvm_vcpu_block(vcpu);
}
/^void kvm_x86_vendor_exit/,/^}/s/^	kvm_lapic_exit();/	if (kvm_lapic_exit())\
		goto out;/
/^int kvm_arch_init_vm/,/^}/s/^	return 0;/	if (!kvm)\
		return 0;\
&/
END
refused "in x86.c" \
	'hook block_begin: kvm_vcpu_block\(vcpu\); is not in the same statement ' \
	'hook block_end: kvm_vcpu_block\(vcpu\); is not in the same statement ' \
	'hook exit: no place for it; tried kvm_x86_vendor_exit: after kvm_lapic_exit\(\);; kvm_arch_exit: ' \
	'hook init_vm: there are 2 places for it '

alter kvm/x86.c <<'END'
/^static inline int vcpu_block/,/^}/ {
	s/^		if (vcpu->arch.mp_state == KVM_MP_STATE_HALTED)$/		if (kvm_halted(vcpu))/
}
/^int kvm_arch_init_vm/,/^}/s/^	return 0;/	done(); return kvm_x86_ops.vm_init(kvm);/
/^int kvm_arch_vcpu_ioctl_run/,/^}/ {
	s/^	vcpu_put(vcpu);/	if (vcpu)\
		for (;;)\
			vcpu_put(vcpu);/
}
/^static void kvm_vcpu_write_tsc_multiplier/,/^}/ {
	/^{/a\
#ifdef CONFIG_X\
	first();\
#endif
}
END
refused "in x86.c" \
	'hook block_begin: kvm_vcpu_block\(vcpu\); is not in the same statement ' \
	'hook block_end: kvm_vcpu_block\(vcpu\); is not in the same statement ' \
	'hook tsc_multiplier: it is under an #if ' \
	'hook run_end: it has no braces around it ' \
	'hook init_vm: it does not begin a line '

alter kvm/x86.c <<'END'
/^int kvm_arch_init_vm/,/^}/s/^	return 0;/	return kvm_x86_ops.vm_init(kvm);	\/* A comment\
						 * that goes on. *\//
END
refused "a statement that is to go, and a comment that goes on below it" \
	'hook init_vm: a comment of several lines is beside it '

alter kvm/x86.c <<'END'
/^int kvm_arch_init_vm/,/^}/s/^	return 0;/	return kvm_x86_ops.\
		vm_init(kvm);	\/* the last *\//
/^static inline int vcpu_block/,/^}/ {
	/^			kvm_vcpu_halt(vcpu);/,/^		else$/d
}
/^	fpu_free_guest_fpstate(&vcpu->arch.guest_fpu);/s/^/	\/* It was allocated. *\/\
/
END
placed "a statement in place of another, of two lines" 'vm_made' '^$' <<'END'
	return kvm_exit_stats_vm_made(kvm, kvm_x86_ops.vm_init(kvm));

END
placed "around kvm_vcpu_block(), in two functions" '_block_begin' '_block_end' <<'END'
		kvm_exit_stats_block_begin(vcpu);
		if (vcpu->arch.mp_state == KVM_MP_STATE_HALTED)
			kvm_vcpu_block(vcpu);
		kvm_exit_stats_block_end(vcpu);
		kvm_exit_stats_block_begin(vcpu);
		kvm_vcpu_block(vcpu);
		kvm_exit_stats_block_end(vcpu);
END

# --- kvm_main.c --------------------------------------------------------------------

alter virt/kvm/kvm_main.c <<'END'
/^static void kvm_sched_in(/,/^}/s/^	kvm_arch_vcpu_load(vcpu, cpu);/#ifdef CONFIG_X\
&\
#endif/
/^static void kvm_sched_out(/,/^}/s/^	kvm_arch_vcpu_put(vcpu);/&\
	if (next)\
		kvm_arch_vcpu_put(vcpu);/
END
refused "in kvm_main.c" \
	'hook sched_in: it is under an #if ' \
	'hook sched_out: there are 2 places for it '

alter virt/kvm/kvm_main.c <<'END'
/^static void kvm_sched_out(/,/^}/s/^	kvm_arch_vcpu_put(vcpu);/	if (next)\
	&/
END
placed "a vCPU that is not always put" '^	if (next) {' '^	__this' <<'END'
	if (next) {
		kvm_arch_vcpu_put(vcpu);
		kvm_exit_stats_sched_out(vcpu);
	}
	__this_cpu_write(kvm_running_vcpu, NULL);
END
finish
