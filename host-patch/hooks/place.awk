# SPDX-License-Identifier: GPL-2.0-only
#
# awk -v file=PATH -f place.awk sites SOURCE
#
# Prints SOURCE, the kernel's PATH, with the hooks that the table "sites" has for it.
# Each place is found by the statements of a function and not by line numbers. If a
# place is missing, or there are two, a line on standard error says so, and the status
# is 1.
#
# Comments, the contents of strings and preprocessor lines are not code. Functions and
# structures begin and end in the first column, as the kernel's style wants it.

BEGIN {
	ok = 1
}

function complain(text) {
	print file ": " text >"/dev/stderr"
	ok = 0
}

# --- the table -------------------------------------------------------------------

# Way w of a site is one alternative; w counts on through all sites of this file.
FNR == NR {
	if ($0 ~ /^[ \t]*(#|$)/)
		next
	if ($1 == "file") {
		mine = $2 == file
		next
	}
	if (!mine)
		next
	if ($1 == "site") {
		site_name[++sites] = $2
		first_way[sites] = ++ways
	} else if ($1 == "or") {
		ways++
	} else if ($1 ~ /^[+=]/) {
		match($0, /[+=]/)
		added[ways, ++nr_added[ways]] = substr($0, RSTART)
	} else if ($1 == "in") {
		scope[ways] = rest($0)
	} else if ($1 == "only") {
		only[ways] = 1
	} else {
		place[ways] = $1
		anchor[ways] = rest($0)
	}
	last_way[sites] = ways
	next
}

# rest: what follows the first word.
function rest(text) {
	sub(/^[ \t]*[^ \t]+[ \t]*/, "", text)
	return text
}

# --- the source, line by line ----------------------------------------------------

{
	line[++lines] = $0
	text = uncommented($0)
	if (in_directive || text ~ /^[ \t]*#/) {
		in_directive = text ~ /\\$/
		directive[lines] = text
		text = ""
	}
	code[lines] = text
}

# uncommented: a line without comments and without what is between quotation marks.
function uncommented(text, out, at, two) {
	if (!in_comment && text !~ /["'\/]/)
		return text
	out = ""
	while (text != "") {
		if (in_comment) {
			at = index(text, "*/")
			if (!at)
				return out
			text = substr(text, at + 2)
			in_comment = 0
			continue
		}
		if (!match(text, /["']|\/[*\/]/))
			return out text
		out = out substr(text, 1, RSTART - 1)
		two = substr(text, RSTART, 2)
		if (two == "//")
			return out
		if (two == "/*") {
			in_comment = 1
			text = substr(text, RSTART + 2)
			continue
		}
		text = substr(text, RSTART)
		# A quotation mark and its mate; a character constant may be the other mark.
		if (!match(text, /^"([^"\\]|\\.)*"/) && !match(text, /^'([^'\\]|\\.)+'/))
			return out text
		out = out substr(text, 1, 1) substr(text, RLENGTH, 1)
		text = substr(text, RLENGTH + 1)
	}
	return out
}

# --- functions and structures ----------------------------------------------------

# find_scopes: set begin[] and end[] of each: the lines of its braces.
function find_scopes(k, name) {
	for (k = 1; k <= lines; k++) {
		if (code[k] ~ /^struct [A-Za-z_0-9]+ \{/) {
			name = code[k]
			sub(/ \{.*/, "", name)
		} else if (code[k] ~ /^\{/ || code[k] ~ /^[A-Za-z_].*\)[ \t]*\{[ \t]*$/) {
			name = function_name(k)
		} else {
			continue
		}
		defined[name]++
		begin[name] = k
		while (k < lines && code[k] !~ /^\}/)
			k++
		end[name] = k
	}
}

# function_name: of the function whose body opens in line k.
function function_name(k, head) {
	head = code[k]
	sub(/\{.*/, "", head)
	while (--k > 0 && code[k] ~ /[^ \t]/ && code[k] !~ /[;}]/)
		head = code[k] " " head
	sub(/[ \t]*\(.*/, "", head)
	sub(/.*[^A-Za-z_0-9]/, "", head)
	return head
}

# --- statements ------------------------------------------------------------------

# take_tokens: the tokens between lines from and to, both exclusive, to tok[] and tok_line[];
# and depth[], how many #if each line is in.
function take_tokens(from, to, k, text, nest) {
	tokens = nest = 0
	for (k = from + 1; k < to; k++) {
		depth[k] = nest
		if (directive[k] ~ /^[ \t]*#[ \t]*if/)
			nest++
		else if (directive[k] ~ /^[ \t]*#[ \t]*endif/)
			nest--
		text = code[k]
		while (match(text, /[A-Za-z_0-9]+|[^ \t]/)) {
			tok[++tokens] = substr(text, RSTART, RLENGTH)
			tok_line[tokens] = k
			text = substr(text, RSTART + RLENGTH)
		}
	}
	tok[tokens + 1] = tok[tokens + 2] = ""
	tok_line[tokens + 1] = to
	tok_line[0] = from
}

# spaced: the tokens of a text with a blank on both sides of each.
function spaced(text, out) {
	out = " "
	while (match(text, /[A-Za-z_0-9]+|[^ \t]/)) {
		out = out substr(text, RSTART, RLENGTH) " "
		text = substr(text, RSTART + RLENGTH)
	}
	return out
}

function is_word(token) {
	return token ~ /^[A-Za-z_0-9]+$/
}

# matching: the token that closes the bracket at token i.
function matching(i, nest) {
	for (nest = 0; i <= tokens; i++) {
		if (tok[i] ~ /^[({[]$/)
			nest++
		else if (tok[i] ~ /^[])}]$/ && --nest == 0)
			return i
	}
	unbalanced = 1
	return tokens
}

# add_statement: note a statement. Its head are the tokens in which an anchor is looked
# for: all of a simple one, or an if with its condition.
function add_statement(i, kind, parent) {
	statements++
	stmt_first[statements] = i
	stmt_kind[statements] = kind
	stmt_parent[statements] = parent
	return statements
}

# statement: parse the one that begins at token i. Return the token after it.
function statement(i, parent, s, body) {
	if (i > tokens) {
		unbalanced = 1
		return i
	}
	if (tok[i] == "{") {
		s = add_statement(i, "block", parent)
		stmt_head[s] = i
		i++
		while (i <= tokens && tok[i] != "}")
			i = statement(i, s)
		if (i > tokens)
			unbalanced = 1
		stmt_last[s] = i
		return i + 1
	}
	if (tok[i] == "case" || tok[i] == "default" || (is_word(tok[i]) && tok[i + 1] == ":")) {
		s = add_statement(i, "label", parent)
		while (i < tokens && tok[i] != ":")
			i++
		stmt_head[s] = stmt_last[s] = i
		return i + 1
	}
	if (tok[i] == "do") {
		s = add_statement(i, "loop", parent)
		stmt_head[s] = i
		i = statement(i + 1, s)
		i = matching(i + 1) + 1
		stmt_last[s] = i
		return i + 1
	}
	if (tok[i] == "if" || is_loop(i)) {
		s = add_statement(i, tok[i] == "if" ? "if" : "loop", parent)
		stmt_head[s] = matching(i + 1)
		i = statement(stmt_head[s] + 1, s)
		stmt_else[s] = 0
		if (stmt_kind[s] == "if" && tok[i] == "else") {
			stmt_else[s] = i
			i = statement(i + 1, s)
		}
		stmt_last[s] = i - 1
		return i
	}
	s = add_statement(i, "simple", parent)
	while (i <= tokens && tok[i] != ";") {
		if (tok[i] ~ /^[({[]$/)
			i = matching(i)
		i++
	}
	if (i > tokens)
		unbalanced = 1
	stmt_head[s] = stmt_last[s] = i
	return i + 1
}

# is_loop: for, while, switch, or a macro like kvm_for_each_vcpu(...), which a block or
# another statement follows.
function is_loop(i, after) {
	if (tok[i] == "for" || tok[i] == "while" || tok[i] == "switch")
		return 1
	if (!is_word(tok[i]) || tok[i + 1] != "(")
		return 0
	after = tok[matching(i + 1) + 1]
	return after == "{" || is_word(after)
}

function is_declaration(s, i) {
	i = stmt_first[s]
	if (stmt_kind[s] != "simple" || tok[i] ~ /^(return|goto|break|continue)$/)
		return 0
	return tok[i] ~ /^(DECLARE|DEFINE)_/ || (is_word(tok[i]) && (is_word(tok[i + 1]) ||
		(tok[i + 1] == "*" && (is_word(tok[i + 2]) || tok[i + 2] == "*"))))
}

# parse: the statements of a function. Those directly in it have the parent 0.
function parse(name, i) {
	take_tokens(begin[name], end[name])
	statements = unbalanced = 0
	for (i = 1; i <= tokens && !unbalanced;)
		i = statement(i, 0)
	return !unbalanced
}

function head_text(s, i, out) {
	out = " "
	for (i = stmt_first[s]; i <= stmt_head[s]; i++)
		out = out tok[i] " "
	return out
}

# --- places ----------------------------------------------------------------------

# Each find_* function sets hits, how many places it has found, and why, the reason if a
# place cannot be taken. The last place found is in hit.

function find_line(w, k, wanted) {
	wanted = spaced(anchor[w])
	for (k = 1; k <= lines; k++)
		if (spaced(line[k]) == wanted) {
			hits++
			hit = k
		}
}

function find_statement(w, s, wanted, text, at) {
	wanted = spaced(anchor[w])
	for (s = 1; s <= statements; s++) {
		text = head_text(s)
		while ((at = index(text, wanted))) {
			hits++
			hit = s
			text = substr(text, at + length(wanted) - 1)
		}
	}
}

# find_first: the first statement that declares nothing.
function find_first(s) {
	for (s = 1; s <= statements; s++)
		if (stmt_parent[s] == 0 && !is_declaration(s)) {
			hits = 1
			hit = s
			return
		}
}

# climb: from statement s to the one directly in the function, out of ifs and blocks only.
function climb(s) {
	while (stmt_parent[s] != 0) {
		s = stmt_parent[s]
		if (stmt_kind[s] == "loop")
			why = "it is in a loop"
	}
	return s
}

# occurrences: lines of the whole file that have the anchor's tokens; not comments, and not
# declarations, which begin in the first column.
function occurrences(w, k, n, wanted) {
	wanted = spaced(anchor[w])
	for (k = 1; k <= lines; k++)
		if (code[k] directive[k] ~ /^[ \t#]/ && index(spaced(code[k] directive[k]), wanted))
			n++
	return n
}

# look: find way w.
function look(w, name) {
	hits = 0
	why = ""
	name = scope[w]
	if (name == "") {
		find_line(w)
		return
	}
	if (!defined[name])
		return
	if (defined[name] > 1) {
		hits = defined[name]
		why = name " is defined " hits " times"
		return
	}
	if (name ~ /^struct /) {
		hits = 1
		return
	}
	if (!parse(name)) {
		why = "the braces or #ifs of " name " are not understood"
		return
	}
	if (place[w] == "first") {
		find_first()
	} else if (place[w] == "last") {
		hits = 1
		hit = statements
		while (stmt_parent[hit] != 0)
			hit--
	} else {
		find_statement(w)
	}
	if (hits != 1)
		return
	if (place[w] != "last" && in_condition(hit))
		why = "it is under an #if"
	else if (only[w] && occurrences(w) > 1)
		why = "the file has it elsewhere, too"
	else if (place[w] ~ /^whole-/)
		hit = climb(hit)
}

# --- changes ---------------------------------------------------------------------

# indent: the tabs at the begin of line k.
function indent(k) {
	match(line[k], /^\t*/)
	return substr(line[k], 1, RLENGTH)
}

# insert: put way w's lines before (or after) line k, which is indented by tabs.
function insert(w, k, after, tabs, i, text) {
	for (i = 1; i <= nr_added[w]; i++) {
		text = substr(added[w, i], 2)
		if (added[w, i] ~ /^\+./)
			text = tabs text
		if (after)
			below[k] = below[k] text "\n"
		else
			above[k] = above[k] text "\n"
	}
}

# put_before, put_after: way w's lines beside statement s.
function put_before(w, s, k) {
	k = tok_line[stmt_first[s]]
	if (tok_line[stmt_first[s] - 1] == k) {
		why = "it does not begin a line"
		return
	}
	if (is_branch(s) && !add_braces(stmt_parent[s]))
		return
	# A comment above belongs to the statement.
	tabs = indent(k)
	while (code[k - 1] !~ /[^ \t]/ && line[k - 1] ~ /[^ \t]/ && directive[k - 1] == "")
		k--
	insert(w, k, 0, tabs)
}

function put_after(w, s, k) {
	k = tok_line[stmt_last[s]]
	if (tok_line[stmt_last[s] + 1] == k) {
		why = "it does not end a line"
		return
	}
	if (is_branch(s) && !add_braces(stmt_parent[s]))
		return
	insert(w, k, 1, stmt_kind[s] == "label" ? "\t" : indent(tok_line[stmt_first[s]]))
}

# is_branch: whether s is all of an if's or a loop's body, without braces.
function is_branch(s) {
	return stmt_parent[s] != 0 && stmt_kind[stmt_parent[s]] != "block"
}

# add_braces: to both branches of the if s, which have none, so that one can have another
# statement.
function add_braces(s, head, tail) {
	head = tok_line[stmt_head[s]]
	tail = tok_line[stmt_last[s]]
	if (stmt_kind[s] != "if" || stmt_parent[s] != 0 || tok[stmt_head[s] + 1] == "{" || line[head] !~ /\)$/) {
		why = "it has no braces around it"
		return 0
	}
	if (stmt_else[s]) {
		if (line[tok_line[stmt_else[s]]] !~ /^\t*else$/) {
			why = "it has no braces around it"
			return 0
		}
		sub(/else$/, "} else {", line[tok_line[stmt_else[s]]])
	}
	line[head] = line[head] " {"
	closing[tail] = indent(tok_line[stmt_first[s]]) "}\n"
	return 1
}

# in_condition: whether statement s, or its condition, is under an #if of its function.
function in_condition(s, k, to) {
	to = tok_line[stmt_head[s]]
	for (k = tok_line[stmt_first[s]]; k <= to; k++)
		if (depth[k])
			return 1
	return 0
}

# put: make the change of way w, whose only place has been found.
function put(w, k) {
	if (scope[w] == "") {
		insert(w, hit, place[w] == "after-line", "")
	} else if (scope[w] ~ /^struct /) {
		insert(w, end[scope[w]], 0, "\t")
	} else if (place[w] == "last") {
		insert(w, end[scope[w]], 0, "\t")
	} else if (depth[tok_line[stmt_first[hit]]] || depth[tok_line[stmt_last[hit]]]) {
		why = "it is under an #if"
	} else if (place[w] == "first" || place[w] ~ /before$/) {
		put_before(w, hit)
	} else if (place[w] ~ /after$/) {
		put_after(w, hit)
	} else if (place[w] == "instead") {
		for (k = tok_line[stmt_first[hit]]; k <= tok_line[stmt_last[hit]]; k++)
			gone[k] = 1
		insert(w, tok_line[stmt_first[hit]], 0, indent(tok_line[stmt_first[hit]]))
	} else {
		why = "the table says \"" place[w] "\", which is not a place"
	}
}

# put_site: the first way that has a place is taken. It must have one place only.
function put_site(n, w, tried) {
	for (w = first_way[n]; w <= last_way[n]; w++) {
		look(w)
		tried = tried "; " (scope[w] == "" ? "" : scope[w] ": ") place[w] " " anchor[w]
		if (hits == 0 && why == "")
			continue
		if (hits > 1 && why == "")
			why = "there are " hits " places for it"
		if (why == "")
			put(w)
		if (why != "")
			complain("hook " site_name[n] ": " why " (" substr(tried, 3) ")")
		return
	}
	complain("hook " site_name[n] ": no place for it; tried" substr(tried, 2))
}

END {
	find_scopes()
	for (n = 1; n <= sites; n++)
		put_site(n)
	if (!ok)
		exit 1
	for (k = 1; k <= lines; k++) {
		printf "%s", above[k]
		if (!gone[k])
			print line[k]
		printf "%s%s", below[k], closing[k]
	}
}
