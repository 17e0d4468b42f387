/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fields of JSON objects, written once.  An object is a list of rows,
 *
 *	F(name, type, REQUIRED or OPTIONAL, what it means or NULL)
 *
 * and stands in a list of objects, O(object, its list, what it means or NULL).  Types and
 * meanings are for the schema alone: abi/schema.c has the types.
 */
#ifndef FIELDS_H
#define FIELDS_H

/* Per object a structure with a member for each field, so that the compiler knows them. */
#define FIELDS_MEMBER(name, type, need, about) char name;
#define FIELDS_STRUCT(object, list, about)                                                         \
	struct object##_fields {                                                                   \
		list(FIELDS_MEMBER)                                                                \
	};

/* The field's name as a string.  One that the object does not have does not compile. */
#define FIELD(object, name) (&#name[0 * sizeof(((struct object##_fields *)0)->name)])

/* An enumeration is a list of X(constant, name). */
#define ENUM_CONSTANT(constant, name) constant,
#define ENUM_NAME(constant, name)     [constant] = #name,

#endif
