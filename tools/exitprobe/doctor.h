/* SPDX-License-Identifier: GPL-2.0-only */
/* exitprobe doctor's checks: each looks at one thing of this host, and changes nothing. */
#ifndef EXITPROBE_DOCTOR_H
#define EXITPROBE_DOCTOR_H

#include <stdbool.h>

enum verdict {
	GOOD,
	NOTE,	/* figures may scatter, or say less */
	SPOILS, /* there are none, or they are wrong */
};

struct finding {
	enum verdict verdict;
	char *text; /* what is there; allocated */
	char *fix;  /* NULL: nothing to do, or nothing can be done; allocated */
};

struct finding doctor_found(enum verdict verdict, char *text, char *fix);

/* Whether a processor executes a guest's instructions: doctor_kvm.c. */
struct finding doctor_instructions(void);

/* Of the processors: doctor_cpu.c. */
struct finding doctor_governor(void);
struct finding doctor_turbo(void);
struct finding doctor_smt(void);
struct finding doctor_isolation(void);
struct finding doctor_tsc(void);

#endif
