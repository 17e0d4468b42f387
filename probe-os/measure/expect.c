// SPDX-License-Identifier: GPL-2.0-only
#include "measure/expect.h"

#include "kvm_exit_stats.h"

const struct expectation *expectation_of(const struct op *op, unsigned int isa)
{
	const struct expectation *e = isa == KVM_EXIT_STATS_ISA_SVM ? &op->svm : &op->vmx;

	return e->known ? e : NULL;
}

bool expectation_names(const struct expectation *e, uint32_t reason)
{
	if (!e)
		return false;
	for (unsigned int i = 0; i < e->reason_count; i++)
		if (e->reasons[i] == reason)
			return true;
	return false;
}
