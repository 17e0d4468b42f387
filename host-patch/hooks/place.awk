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
# structures begin and end in the first column, as the kernel's style wants it, and their
# braces are on lines without other statements.

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
	} else if ($1 == "with") {
		with[ways] = rest($0)
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

# Of each line: code[], what is code in it; in_comment_at[], whether a comment from above
# goes on in it; depth[], how many #if it is in.

{
	line[++lines] = $0
	if (/\r$/ && ok)
		complain("line " lines " ends in CR LF, which Linux does not have")
	in_comment_at[lines] = in_comment
	depth[lines] = nest
	text = uncommented($0)
	if (in_directive || text ~ /^[ \t]*#/) {
		in_directive = text ~ /\\$/
		directive[lines] = text
		if (text ~ /^[ \t]*#[ \t]*if/)
			nest++
		else if (text ~ /^[ \t]*#[ \t]*endif/)
			nest--
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

# find_scopes: set begin[] and end[] of each: the lines of its braces. They are the same
# if all of it is on one line.
function find_scopes(k, name) {
	for (k = 1; k <= lines; k++) {
		if (code[k] ~ /^struct [A-Za-z_0-9]+ \{/) {
			name = code[k]
			sub(/ \{.*/, "", name)
		} else if (code[k] ~ /^\{/ || code[k] ~ /\)[ \t]*\{/) {
			name = function_name(k)
		} else {
			continue
		}
		defined[name]++
		begin[name] = k
		while (k < lines && code[k] !~ /^\}/ && !(k == begin[name] && code[k] ~ /\}[ \t;]*$/))
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

# take_tokens: the tokens between lines from and to, both exclusive, to tok[] and tok_line[].
function take_tokens(from, to, k, text) {
	tokens = 0
	for (k = from + 1; k < to; k++) {
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
	if (!is_word(tok[i]) || tok[i] == "return" || tok[i + 1] != "(")
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
	outer_depth = depth[begin[name]]
	statements = unbalanced = 0
	for (i = 1; i <= tokens && !unbalanced;)
		i = statement(i, 0)
	return !unbalanced
}

# text_of: the tokens from i to the last, each with a blank on both sides.
function text_of(i, last, out) {
	out = " "
	for (; i <= last; i++)
		out = out tok[i] " "
	return out
}

# --- places ----------------------------------------------------------------------

# Each find_* function sets hits, how many places it has found, and why, the reason if a
# place cannot be taken. The last place found is in hit.

# find_line: a header is in an #if as a whole, and a Makefile has neither #if nor comments
# like C's.
function find_line(w, k, wanted) {
	wanted = spaced(anchor[w])
	for (k = 1; k <= lines; k++)
		if (spaced(line[k]) == wanted && !(in_comment_at[k] && file ~ /\.[ch]$/)) {
			hits++
			hit = k
		}
	if (hits == 1 && depth[hit] && file ~ /\.c$/)
		why = "it is under an #if"
}

function find_statement(w, s, wanted, text, at) {
	wanted = spaced(anchor[w])
	for (s = 1; s <= statements; s++) {
		text = text_of(stmt_first[s], stmt_head[s])
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

# may_leave: whether a statement from token i to the last goes elsewhere than to its end.
function may_leave(i, last) {
	return text_of(i, last) ~ / (return|goto|break|continue) /
}

# occurrences: lines of the whole file that have the anchor's tokens; not comments, and not
# declarations, which begin in the first column.
function occurrences(w, k, n, wanted) {
	wanted = spaced(anchor[w])
	for (k = 1; k <= lines; k++)
		if (code[k] directive[k] ~ /^[ \t#]|\{/ && index(spaced(code[k] directive[k]), wanted))
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
	if (code[begin[name]] !~ /\{[ \t]*$/) {
		why = "other code is on the line of the first brace of " name
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
	} else {
		find_statement(w)
	}
	if (hits != 1)
		return
	if (in_condition(hit))
		why = "it is under an #if"
	else if (only[w] && occurrences(w) > 1)
		why = "the file has it elsewhere, too"
	else if (place[w] ~ /^whole-/)
		hit = climb(hit)
	if (why == "" && place[w] ~ /(before|after)$/)
		check_statement(w, hit)
}

# check_statement: whether what is before statement s, or after it, is so each time.
function check_statement(w, s, text) {
	text = text_of(stmt_first[s], stmt_last[s])
	if (stmt_kind[s] == "loop")
		why = "it is in the condition of a loop"
	else if (with[w] != "" && !index(text, spaced(with[w])))
		why = with[w] " is not in the same statement"
	else if (place[w] ~ /after$/ && may_leave(stmt_first[s], stmt_last[s]))
		why = "what comes after it may be left out"
	else if (place[w] == "after" && stmt_kind[s] == "if" && anchor[w] !~ /^if /)
		why = "it is in the condition of an if"
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

# line_before: the line above which a text is before statement s, and above the comment
# that belongs to it. Set why if there is none.
function line_before(s, k, at) {
	at = k = tok_line[stmt_first[s]]
	while (code[k - 1] !~ /[^ \t]/ && line[k - 1] ~ /[^ \t]/ && directive[k - 1] == "")
		k--
	while (k < at && in_comment_at[k])
		k++
	if (in_comment_at[k] || tok_line[stmt_first[s] - 1] == at)
		why = "it does not begin a line"
	return k
}

# line_after: the line below which a text is after statement s, likewise.
function line_after(s, k) {
	k = tok_line[stmt_last[s]]
	if (tok_line[stmt_last[s] + 1] == k)
		why = "it does not end a line"
	while (in_comment_at[k + 1])
		if (code[++k] ~ /[^ \t]/)
			why = "it does not end a line"
	return k
}

# put_before, put_after: way w's lines beside statement s.
function put_before(w, s, k) {
	k = line_before(s)
	if (why == "" && is_branch(s))
		add_braces(stmt_parent[s])
	if (why == "")
		insert(w, k, 0, indent(tok_line[stmt_first[s]]))
}

function put_after(w, s, k) {
	k = line_after(s)
	if (why == "" && is_branch(s))
		add_braces(stmt_parent[s])
	if (why == "")
		insert(w, k, 1, stmt_kind[s] == "label" ? "\t" : indent(tok_line[stmt_first[s]]))
}

# put_instead: way w's lines, and statement s no more.
function put_instead(w, s, k, last) {
	k = tok_line[stmt_first[s]]
	last = line_after(s)
	line_before(s)
	if (in_comment_at[k] || last != tok_line[stmt_last[s]])
		why = "a comment of several lines is beside it"
	if (why != "")
		return
	insert(w, k, 0, indent(k))
	for (; k <= last; k++)
		gone[k] = 1
}

# is_branch: whether s is all of an if's or a loop's body, without braces.
function is_branch(s) {
	return stmt_parent[s] != 0 && stmt_kind[stmt_parent[s]] != "block"
}

# add_braces: to both branches of the if s, which have none, so that one can have another
# statement. Set why if that cannot be.
function add_braces(s, head, middle, tail) {
	head = tok_line[stmt_head[s]]
	middle = stmt_else[s] ? tok_line[stmt_else[s]] : head
	tail = line_after(s)
	if (stmt_kind[s] != "if" || stmt_parent[s] != 0 || tok[stmt_head[s] + 1] == "{" ||
	    conditional(head) || conditional(middle) || conditional(tail) ||
	    line[head] !~ /\)$/ || (stmt_else[s] && line[middle] !~ /^\t*else$/))
		why = "it has no braces around it"
	if (why != "")
		return
	if (stmt_else[s])
		sub(/else$/, "} else {", line[middle])
	line[head] = line[head] " {"
	closing[tail] = indent(tok_line[stmt_first[s]]) "}\n"
}

# conditional: whether line k is under an #if that its function is not under.
function conditional(k) {
	return depth[k] != outer_depth
}

# in_condition: whether statement s, or its condition, is under an #if of its function.
function in_condition(s, k, to) {
	to = tok_line[stmt_head[s]]
	for (k = tok_line[stmt_first[s]]; k <= to; k++)
		if (conditional(k))
			return 1
	return 0
}

# put: make the change of way w, whose only place has been found.
function put(w) {
	if (scope[w] == "") {
		insert(w, hit, place[w] == "after-line", "")
	} else if (scope[w] ~ /^struct /) {
		insert(w, end[scope[w]], 0, "\t")
	} else if (conditional(tok_line[stmt_first[hit]]) || conditional(tok_line[stmt_last[hit]])) {
		why = "it is under an #if"
	} else if (place[w] == "first" || place[w] ~ /before$/) {
		put_before(w, hit)
	} else if (place[w] ~ /after$/) {
		put_after(w, hit)
	} else if (place[w] == "instead") {
		put_instead(w, hit)
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
	if (!ok)
		exit 1
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
