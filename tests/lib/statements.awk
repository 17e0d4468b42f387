# SPDX-License-Identifier: GPL-2.0-only
#
# gcc -fpreprocessed -dD -E -P -w -x c FILE | awk -f statements.awk
#
# Prints C without comments as a statement a line, each body of an if, else or loop in braces,
# so that two texts of the same statements are the same lines. "else a; b;" and "else { a; b; }"
# are not. A preprocessor line is a line where a statement begins, and a part of a statement in
# which it stands.

BEGIN {
	word = "[A-Za-z_0-9]+"
	string = "\"([^\"\\\\]|\\\\.)*\"|'([^'\\\\]|\\\\.)+'"
}

/\\$/ {
	sub(/\\$/, "")
	pending = pending $0
	next
}

{
	$0 = pending $0
	pending = ""
	if (/^[ \t]*#/) {
		gsub(/[ \t]+/, " ")
		tok[++n] = $0
		next
	}
	while (match($0, word "|" string "|[^ \t]")) {
		tok[++n] = substr($0, RSTART, RLENGTH)
		$0 = substr($0, RSTART + RLENGTH)
	}
}

# up_to_close: the tokens from i, which opens a bracket, to its mate.
function up_to_close(nest, out) {
	do {
		if (tok[i] ~ /^[({[]$/)
			nest++
		else if (tok[i] ~ /^[])}]$/)
			nest--
		out = out " " tok[i++]
	} while (nest && i <= n)
	return out
}

function directives() {
	while (tok[i] ~ /^ ?#/)
		print tok[i++]
}

# body: of an if or a loop; its own braces are not printed.
function body() {
	print "{"
	directives()
	if (tok[i] == "{")
		block()
	else
		statement()
	print "}"
}

# block: the statements between two braces.
function block() {
	for (i++; i <= n && tok[i] != "}";)
		statement()
	i++
}

function statement(head) {
	directives()
	if (tok[i] == "{") {
		print "{"
		block()
		print "}"
	} else if (tok[i] == "if") {
		i++
		print "if" up_to_close()
		body()
		directives()
		if (tok[i] == "else") {
			i++
			print "else"
			body()
		}
	} else if (tok[i] == "do") {
		i++
		print "do"
		body()
		simple("")
	} else if (tok[i] ~ /^(case|default)$/ || (tok[i] ~ ("^" word "$") && tok[i + 1] == ":")) {
		while (i <= n && tok[i] != ":")
			head = head " " tok[i++]
		i++
		print head " :"
	} else if (tok[i] ~ ("^" word "$") && tok[i] != "return" && tok[i + 1] == "(") {
		head = tok[i++]
		head = head up_to_close()
		# for, while, switch, and what a macro makes one of them.
		if (tok[i] == "{" || tok[i] ~ ("^" word "$")) {
			print head
			body()
		} else {
			simple(head)
		}
	} else {
		simple("")
	}
}

# simple: up to a semicolon, which follows the text.
function simple(out) {
	while (i <= n && tok[i] != ";" && tok[i] != "}")
		out = out (tok[i] ~ /^[({[]$/ ? up_to_close() : " " tok[i++])
	if (tok[i] == ";")
		i++
	print out " ;"
}

# Outside of functions: a declaration, or a function with its statements.
END {
	for (i = 1; i <= n;) {
		directives()
		text = ""
		while (i <= n && tok[i] != ";" && !(tok[i] == "{" && text ~ /\)( [A-Za-z_0-9]+)*$/)) {
			if (tok[i] == "(")
				text = text up_to_close()
			else
				text = text " " tok[i++]
		}
		print text
		if (tok[i] == "{") {
			print "{"
			block()
			print "}"
		} else {
			i++
		}
	}
}
