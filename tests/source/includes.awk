# SPDX-License-Identifier: GPL-2.0-only
#
# awk -f includes.awk -v subject=circles|upward|unplaced LAYERS FILES
#
# LAYERS lists folders from the lowest to the highest; FILES lists C sources, a path on
# each line.  Reads what each includes by #include "..." and prints, a line each,
#   circles   headers that include each other, directly or around
#   upward    files that include a header of a higher folder
#   unplaced  folders that LAYERS does not have
FNR == 1 { inputs++ }
/^#/ || !NF { next }
inputs == 1 { rank[$1] = ++ranks; next }
{ files[++count] = $1; known[$1] = 1 }

function folder(path) {
	return sub("/[^/]*$", "", path) ? path : "."
}

# The file that @file means by @name, "" if it is made by the build or is none of ours.
function resolve(file, name,    i, n, dirs) {
	n = split(folder(file) " abi " program(file) " tools tools/exitprobe lab/qemu-plugin", dirs, " ")
	for (i = 1; i <= n; i++)
		if (dirs[i] "/" name in known)
			return dirs[i] "/" name
	return ""
}

# The folder that is on the include path of @file.
function program(file) {
	if (match(file, "^(probe-os|tools/[^/]+|lab/[^/]+)/"))
		return substr(file, 1, RLENGTH - 1)
	return folder(file)
}

function read(file,    line, name, to) {
	while ((getline line <file) > 0) {
		if (line !~ /^#include "/)
			continue
		name = line
		sub(/^#include "/, "", name)
		sub(/".*/, "", name)
		to = resolve(file, name)
		if (to != "" && to != file)
			includes[file] = includes[file] " " to
	}
	close(file)
}

# Depth first: a header that is met again while it is open closes a circle.
function visit(file, path,    i, n, to) {
	if (state[file] == "open")
		print path " " file
	if (state[file] != "")
		return
	state[file] = "open"
	n = split(includes[file], to, " ")
	for (i = 1; i <= n; i++)
		visit(to[i], path " " file)
	state[file] = "done"
}

function look_upward(file,    i, n, to) {
	n = split(includes[file], to, " ")
	for (i = 1; i <= n; i++)
		if (rank[folder(to[i])] > rank[folder(file)])
			print file " includes " to[i]
}

END {
	for (i = 1; i <= count; i++)
		read(files[i])
	for (i = 1; i <= count; i++) {
		if (subject == "circles" && files[i] ~ /\.h$/)
			visit(files[i], "circle:")
		if (subject == "upward")
			look_upward(files[i])
		if (subject == "unplaced" && !(folder(files[i]) in rank) && !told[folder(files[i])]++)
			print folder(files[i])
	}
}
