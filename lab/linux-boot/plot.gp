# SPDX-License-Identifier: GPL-2.0-only
#
# Draws the plot of lab/linux-boot/profile from plot.awk's files in the current directory.
set terminal svg size 900,900 noenhanced font "sans,13" background "white"
set output "profile.svg"
set datafile separator ","
set key left top
set grid
set multiplot layout 3,1 margins 0.10,0.97,0.06,0.95 spacing 0,0.085

load "plot.set" # boot, end: of which the seconds

set title "Exits since the VM was created, until the end of its boot, by seconds"
set xrange [0:boot]
set yrange [0:*]
plot "console.total" using 1:2 with lines lw 2 title "messages on a serial console", \
     "quiet.total" using 1:2 with lines lw 2 title "quiet"

set title "Exits per second, messages on a serial console, sampled by the host"
load "plot.host"
set xrange [0:end]
set yrange [10:300000]
set logscale y
set format y "%g"
set key right top horizontal
plot "console.rate" using 1:2 with lines lw 1 notitle

set title "Work in the quiet guest, sampled from inside by exitstat -I 50: exits per second"
unset label
unset arrow
load "plot.works"
set key left bottom horizontal
set xlabel "seconds by the guest's clock"
set xrange [works_begin:works_end]
plot for [name in reasons] \
	sprintf("<awk -F, '$5 == \"%s\" { printf \"%%s,%%f\\n\", $2, $7 / $3 }' quiet.intervals", name) \
	using 1:2 with points pt 7 ps 0.5 title name
