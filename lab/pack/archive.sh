# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Pack the lab's archives. The same files give the same archive on any machine.

# cpio_of: write an archive of the files named on standard input.
cpio_of() {
	LC_ALL=C sort | cpio -o -H newc --reproducible --owner=+0:+0 --quiet
}

# pack DIR: write an archive of DIR's contents for an initramfs to standard output. It does
# not depend on the user's umask, name, clock or order of files, or on how many links the
# file system counts for a directory (btrfs counts 1, ext4 2 and one for each directory in
# it). This changes the files in DIR. The first archive has the directories, which need only
# headers, and the second has the rest. The kernel unpacks one after the other.
pack() {
	chmod -R u=rwX,go=rX "$1"
	find "$1" -exec touch -h -d @0 {} +
	(
		cd "$1" || exit
		# newc: 6 digits of magic, then 8 each: inode, mode, uid, gid, links.
		find . -type d | cpio_of | LC_ALL=C sed 's/\(070701.\{32\}\).\{8\}/\100000002/g'
		find . ! -type d | cpio_of
	)
}
