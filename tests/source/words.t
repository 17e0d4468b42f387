#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Words that readers stumbled on: comments, pages and messages say it in the field's words
# (docs/glossary.md), as a sentence whose subject does something.
. "$(dirname "$0")/../lib/tap.sh"
cd "$top" || exit 1

# A line each: a regular expression, and after the tab what to say.
cat >"$work/words" <<'END_OF_WORDS'
(is|are|was|were|be|been) told([^ ]|$| [^fa]| a[^p])	who says it: "the record has it", "a message says why"
tells? of	says that, or has
(has|have) not (the|its|an?|all)	does not have
in vain	what fails: "without an answer"
set aside	discarded
foreign (exits?|samples?)	host exits, discarded
dearest	most expensive
by whoever	the passive without it, or who it is
of what there is	what it is
END_OF_WORDS

# found FILE...: FILE:LINE: WORD, for each.  It may begin on one line and end on a later one, so that
# each line is looked at behind the last words before it.
found() {
	any=$(cut -f 1 "$work/words" | paste -sd '|')
	awk '
		FNR == 1 { last = "" }
		{
			text = tolower($0)
			gsub(/\t/, " ", text)
			sub(/^ *(\/\/|\/\*|\*|#|\.\\")? */, "", text)
			print FILENAME ":" FNR "\t" length(last) "\t" last text
			n = split(last " " text, part, " ")
			last = ""
			for (i = n > 4 ? n - 3 : 1; i <= n; i++)
				last = last part[i] " "
		}' "$@" | grep -E "($any)" |
		awk -F '\t' 'NR == FNR { word[++words] = "(^|[^a-z_-])(" $1 ")([^a-z_-]|$)"; said[words] = $1; next }
			{
				for (i = 1; i <= words; i++)
					if (match($3, word[i]) && RSTART + RLENGTH - 1 > $2)
						print $1 ": " said[i]
			}' "$work/words" -
}

# Each of them is found, within a line and across two, and no name of the code is taken for one.
cat >"$work/bad" <<'END_OF_BAD'
/* That is told elsewhere, which tells of it; it has not the totals. */
/* P50 has not. In vain they are set aside: foreign exits, the dearest
 * by whoever; of what there
 * is, nothing has been
 * told. */
END_OF_BAD
cat >"$work/good" <<'END_OF_GOOD'
a.set_aside += foreign; /* told is what was told_before, and the host has not yet ended */
tell offsets, untold; two that cannot be told apart, or be told from a third
END_OF_GOOD
is "each word is found" "$(found "$work/bad" | sed 's/^[^ ]* //' | sort -u)" "$(cut -f 1 "$work/words" | sort -u)"
is "across two lines and three" "$(found "$work/bad" | sed -n "s,^$work/bad:,,p" | grep -E '^[45]:')" "4: of what there is
5: $(grep told "$work/words" | cut -f 1)"
is "and nothing else is" "$(found "$work/good")" ""

# Not: this list; licenses; data, of which no reader expects a sentence.
# shellcheck disable=SC2046 # file names of ours
is "none is in comments, pages and messages" "$(found $(git ls-files --cached --others --exclude-standard |
	grep -vE '^LICENSE|^tests/source/words\.t$|^docs/history/|^tests/(data|fuzz/corpus)/|\.(png|svg|json|dict)$' |
	while read -r file; do [ ! -f "$file" ] || echo "$file"; done))" ""
finish
