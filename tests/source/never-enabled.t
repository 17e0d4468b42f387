#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# abi/exit_reasons.h lists the reasons that KVM never enables.  Here KVM's own tables of handlers say
# which reasons it handles, in the source of the default kernel.
. "$(dirname "$0")/../lib/tap.sh"
source=$("$top/host-patch/unpack" "/usr/src/linux-source-$kernel.tar.xz")/arch/x86

# ours ISA MACRO: the numbers that the manual defines, and those that are never enabled.
cat >"$work/ours.c" <<'END'
#include <stdio.h>
#include "exit_reasons.h"
#include "kvm_exit_stats.h"
int main(void)
{
	for (unsigned int isa = KVM_EXIT_STATS_ISA_VMX; isa <= KVM_EXIT_STATS_ISA_SVM; isa++)
		for (uint32_t reason = 0; reason < 0x500; reason++)
			if (exit_reason_never_enabled(isa, reason))
				printf("%s never %u\n", isa == KVM_EXIT_STATS_ISA_SVM ? "svm" : "vmx", reason);
			else if (exit_reason_name(isa, reason))
				printf("%s may %u\n", isa == KVM_EXIT_STATS_ISA_SVM ? "svm" : "vmx", reason);
	return 0;
}
END
ok "the list compiles" gcc -std=gnu17 -I"$top/abi" -o "$work/ours" "$work/ours.c" "$top/abi/exit_reasons.c"
"$work/ours" >"$work/ours.out"

# handled VENDOR TABLE FILE HEADER: the numbers that the table has handlers for.
handled() {
	{
		printf '#include "%s"\n' "$source/include/uapi/asm/$4.h" "$source/include/uapi/asm/kvm.h"
		cat <<-'END'
			#include <stdio.h>
			static const unsigned int handled[] = {
		END
		sed -n "/$2\[\]/,/^};/p" "$source/kvm/$3" | sed -n 's/^\t\[\([A-Z_0-9 +]*\)\].*/\1,/p'
		cat <<-'END'
			};
			int main(void)
			{
				for (unsigned int i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
					printf("%u\n", handled[i]);
				return 0;
			}
		END
	} >"$work/$1.c"
	gcc -w -o "$work/$1" "$work/$1.c" && "$work/$1" | sort
}
handled vmx kvm_vmx_exit_handlers vmx/vmx.c vmx >"$work/vmx.handled"
handled svm svm_exit_handlers svm/svm.c svm >"$work/svm.handled"
ok "VMX's table was found" [ "$(wc -l <"$work/vmx.handled")" -ge 50 ]
ok "SVM's table was found" [ "$(wc -l <"$work/svm.handled")" -ge 70 ]
for vendor in vmx svm; do
	sed -n "s/^$vendor never //p" "$work/ours.out" | sort >"$work/$vendor.never"
	sed -n "s/^$vendor may //p" "$work/ours.out" | sort >"$work/$vendor.may"
	is "$vendor: none of them has a handler" "$(comm -12 "$work/$vendor.never" "$work/$vendor.handled")" ""
	is "$vendor: every handler is of a reason in the lists" \
		"$(comm -13 "$work/$vendor.may" "$work/$vendor.handled")" ""
done
# What has no handler and is not in the list: what fails an entry, and what newer kernels handle.
vmx="33 34" svm=
case $kernel in
6.1 | 6.12) vmx="33 34 76 77 84 85" svm="165 166" ;;
esac
is "vmx: the list is complete" "$(comm -23 "$work/vmx.may" "$work/vmx.handled" | sort -n | xargs)" "$vmx"
is "svm: the list is complete" "$(comm -23 "$work/svm.may" "$work/svm.handled" | sort -n | xargs)" "$svm"
finish
