# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For what the lab packs: the same files give the same archive on any machine.

# cpio_of: an archive of the files named on standard input.
cpio_of() {
	LC_ALL=C sort | cpio -o -H newc --reproducible --owner=+0:+0 --quiet
}

# pack DIR: an archive of what is in DIR, for an initramfs, on standard output.  Nothing
# in it is the packer's: not his umask, name, clock or order of files, nor how many links
# his file system counts for a directory (btrfs has 1, ext4 2 and one for each within).
# DIR's files are changed to it.  The kernel unpacks archives one after the other: one
# of the directories, which is headers alone, and one of the rest.
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
