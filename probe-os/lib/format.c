// SPDX-License-Identifier: GPL-2.0-only
#include "lib/format.h"

#include <stdbool.h>
#include <stdint.h>

struct spec {
	bool left, zero;
	int width, precision; /* a precision of -1 is none */
	int longs;	      /* 0 is int, more is 64 bits */
};

struct out {
	format_sink sink;
	void *context;
	int length;
};

static void put(struct out *o, char c)
{
	o->sink(o->context, c);
	o->length++;
}

static void fill(struct out *o, char c, int count)
{
	while (count-- > 0)
		put(o, c);
}

static void put_text(struct out *o, const struct spec *s, const char *text)
{
	int length = 0;

	while (text[length] && (s->precision < 0 || length < s->precision))
		length++;
	if (!s->left)
		fill(o, ' ', s->width - length);
	for (int i = 0; i < length; i++)
		put(o, text[i]);
	if (s->left)
		fill(o, ' ', s->width - length);
}

static void put_number(struct out *o, const struct spec *s, uint64_t value, bool negative,
		       unsigned int base, const char *digits)
{
	char text[20]; /* UINT64_MAX has 20 digits */
	int count = 0, length;

	do
		text[count++] = digits[value % base];
	while (value /= base);

	length = count + negative;
	if (!s->left && !s->zero)
		fill(o, ' ', s->width - length);
	if (negative)
		put(o, '-');
	if (s->zero && !s->left)
		fill(o, '0', s->width - length);
	while (count)
		put(o, text[--count]);
	if (s->left)
		fill(o, ' ', s->width - length);
}

/* Read the digits of a width or precision, or take the next argument for '*'. */
static const char *number(const char *p, int *value, va_list *args)
{
	if (*p == '*') {
		*value = va_arg(*args, int);
		return p + 1;
	}
	for (*value = 0; *p >= '0' && *p <= '9'; p++)
		*value = *value * 10 + (*p - '0');
	return p;
}

static const char *parse(const char *p, struct spec *s, va_list *args)
{
	*s = (struct spec){ .precision = -1 };
	for (; *p == '-' || *p == '0'; p++) {
		if (*p == '-')
			s->left = true;
		else
			s->zero = true;
	}
	p = number(p, &s->width, args);
	if (s->width < 0) {
		s->left = true;
		s->width = -s->width;
	}
	if (*p == '.')
		p = number(p + 1, &s->precision, args);
	for (; *p == 'l' || *p == 'z'; p++)
		s->longs++;
	return p;
}

int format_to(format_sink sink, void *context, const char *format, va_list list)
{
	static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
	struct out o = { sink, context, 0 };
	va_list args;

	va_copy(args, list);
	for (const char *p = format; *p; p++) {
		const char *start = p;
		struct spec s;
		int64_t value;

		if (*p != '%') {
			put(&o, *p);
			continue;
		}
		p = parse(p + 1, &s, &args);
		switch (*p) {
		case 'd':
		case 'i':
			value = s.longs ? va_arg(args, int64_t) : va_arg(args, int);
			put_number(&o, &s, value < 0 ? -(uint64_t)value : (uint64_t)value,
				   value < 0, 10, lower);
			break;
		case 'u':
		case 'x':
		case 'X':
			put_number(&o, &s,
				   s.longs ? va_arg(args, uint64_t) : va_arg(args, unsigned int),
				   false, *p == 'u' ? 10 : 16, *p == 'X' ? upper : lower);
			break;
		case 'p':
			put_text(&o, &(struct spec){ .precision = -1 }, "0x");
			put_number(&o, &s, (uintptr_t)va_arg(args, void *), false, 16, lower);
			break;
		case 'c':
			put_text(&o, &s, (char[]){ (char)va_arg(args, int), 0 });
			break;
		case 's':
			put_text(&o, &s, va_arg(args, const char *));
			break;
		case '%':
			put(&o, '%');
			break;
		default: /* copy an unknown conversion */
			while (start < p)
				put(&o, *start++);
			if (!*p)
				p--;
			else
				put(&o, *p);
		}
	}
	va_end(args);
	return o.length;
}

struct buffer {
	char *text;
	size_t size, used;
};

static void to_buffer(void *context, char c)
{
	struct buffer *b = context;

	if (b->used + 1 < b->size)
		b->text[b->used++] = c;
}

int format_text(char *buffer, size_t size, const char *format, ...)
{
	struct buffer b = { buffer, size, 0 };
	va_list args;
	int length;

	va_start(args, format);
	length = format_to(to_buffer, &b, format, args);
	va_end(args);
	if (size)
		buffer[b.used] = '\0';
	return length;
}
