# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Pack the lab's archives. The same files give the same archive on any machine.

# cpio_of: write an archive of the files named on standard input.
cpio_of() {
	LC_ALL=C sort | cpio -o -H newc --reproducible --owner=+0:+0 --quiet
}

# normalize DIR: give DIR's contents the same modes and times wherever they come from.
normalize() {
	chmod -R u=rwX,go=rX "$1"
	find "$1" -exec touch -h -d @0 {} +
}

# pack_files DIR: write an archive of DIR's files, without its directories, to standard output.
# It does not depend on the user's umask, name, clock or order of files. This changes the files
# in DIR.
pack_files() {
	normalize "$1"
	(cd "$1" && find . ! -type d | cpio_of)
}

# pack DIR: the same with the directories, in an archive of their own before it; the kernel
# unpacks one after the other. Nor does this depend on how many links the file system counts for
# a directory (btrfs counts 1, ext4 2 and one for each directory in it).
pack() {
	normalize "$1"
	# newc: 6 digits of magic, then 8 each: inode, mode, uid, gid, links.
	(cd "$1" && find . -type d | cpio_of | LC_ALL=C sed 's/\(070701.\{32\}\).\{8\}/\100000002/g')
	pack_files "$1"
}
