/* SPDX-License-Identifier: GPL-2.0-only */
"use strict";
/* The page is whole without this: it sorts, filters, shows ticks in nanoseconds, and sets
 * the bars' scale. */
(() => {
	const value = (row, column) => {
		const cell = row.cells[column];
		const text = cell ? (cell.dataset.v ?? cell.textContent.trim()) : "";
		const number = Number(text);
		return text !== "" && !Number.isNaN(number) ? number : text;
	};
	const order = (a, b) => {
		if (typeof a === "number" && typeof b === "number")
			return a - b;
		if (typeof a !== typeof b)
			return typeof a === "number" ? -1 : 1;
		return a < b ? -1 : a > b ? 1 : 0;
	};
	for (const table of document.querySelectorAll("table.sortable")) {
		const heads = [...table.tHead.rows[0].cells];
		heads.forEach((head, column) => {
			if (head.dataset.sort === "no")
				return;
			const button = document.createElement("button");
			button.type = "button";
			button.append(...head.childNodes);
			head.append(button);
			button.addEventListener("click", () => {
				const down = head.getAttribute("aria-sort") === "descending";
				heads.forEach(h => h.removeAttribute("aria-sort"));
				head.setAttribute("aria-sort", down ? "ascending" : "descending");
				const rows = [...table.tBodies[0].rows];
				/* What was not measured has no figures: it comes last either way. */
				rows.sort((a, b) => a.classList.contains("off") - b.classList.contains("off") ||
					order(value(a, column), value(b, column)) * (down ? 1 : -1));
				table.tBodies[0].append(...rows);
			});
		});
	}
	/* Ticks as nanoseconds and back: columns that are marked, and what the tables say. */
	const digits = ns => ns.toFixed(Math.abs(ns) < 9.995 ? 2 : Math.abs(ns) < 99.95 ? 1 : 0);
	const inNanoseconds = on => {
		for (const table of document.querySelectorAll("table[data-ns]")) {
			const columns = [...table.tHead.rows[0].cells].flatMap((h, i) => "ticks" in h.dataset ? [i] : []);
			for (const row of table.tBodies[0].rows)
				for (const cell of columns.map(c => row.cells[c])) {
					if (!cell || cell.colSpan > 1 || !cell.textContent)
						continue;
					cell.dataset.v = cell.dataset.v ?? cell.textContent;
					cell.textContent = on ? digits(cell.dataset.v * table.dataset.ns) : cell.dataset.v;
				}
			const unit = table.querySelector(".unit");
			if (unit) {
				unit.dataset.ticks = unit.dataset.ticks ?? unit.textContent;
				unit.textContent = on ? "nanoseconds" : unit.dataset.ticks;
			}
		}
	};
	/*
	 * The bars' scale, of those that are shown: as page_bars.c has it of all.  What has
	 * no exit matters only where nothing has one.
	 */
	const bars = document.querySelector("table[data-scale]");
	const place = (s, t) => s.log ? (t <= s.low ? 0 : 100 * Math.log(t / s.low) / Math.log(s.high / s.low)) :
		100 * t / s.high;
	const scaleOf = (stacks, kind) => {
		const all = stacks.map(s => Number(s.dataset.t)).filter(t => t > 0);
		const exits = stacks.filter(s => !s.querySelector(".whole")).map(s => Number(s.dataset.t)).filter(t => t > 0);
		const usual = (exits.length ? exits : all).sort((a, b) => a - b);
		const s = { high: Math.max(1, ...all), low: 0 };
		s.log = usual.length > 0 && (kind === "log" || (kind === "auto" &&
			s.high > 20 * usual[Math.floor(usual.length / 2)]));
		if (s.log) {
			s.low = 10 ** Math.floor(Math.log10(usual[0]));
			s.high = Math.max(10 * s.low, 10 ** Math.ceil(Math.log10(s.high)));
		}
		const step = 10 ** Math.floor(Math.log10(s.high / 6)), times = s.high / 6 / step;
		s.step = Math.max(1, step * (times > 5 ? 10 : times > 2 ? 5 : times > 1 ? 2 : 1));
		s.lines = [];
		for (let t = s.low; t <= s.high * (s.log ? 1.01 : 1); t = s.log ? t * 10 : t + s.step)
			s.lines.push(t);
		return s;
	};
	const short = t => {
		const prefix = Math.max(0, Math.min(5, Math.floor(Math.log10(t || 1) / 3 + 1e-9)));
		return Number((t / 1000 ** prefix).toPrecision(4)) + ["", "k", "M", "G", "T", "P"][prefix];
	};
	const scale = () => {
		if (!bars)
			return;
		const unit = bars.querySelector(".unit").dataset.ticks ?? bars.querySelector(".unit").textContent;
		const stacks = [...bars.querySelectorAll("tr:not([hidden]) .stack")];
		const s = scaleOf(stacks, bars.dataset.scale), equal = bars.dataset.scale === "share";
		for (const stack of stacks) {
			stack.style.setProperty("--w", equal ? 100 : place(s, Number(stack.dataset.t)));
			stack.parentNode.style.setProperty("--l", equal ? 25 : place(s, s.log ? 10 * s.low : s.step));
		}
		bars.querySelector(".axis").replaceChildren(...(equal ? [0, 25, 50, 75, 100] : s.lines).map(t => {
			const at = document.createElement("i");
			at.style.setProperty("--x", equal ? t : place(s, t));
			at.textContent = equal ? `${t} %` : short(t);
			return at;
		}));
		document.querySelector(".scale").textContent = (equal ? "Bars are of equal length. " : s.log ?
			`Bars are on a logarithmic scale from ${s.low} to ${s.high} ${unit}: each line is ten times the one before. ` :
			`Bars are on a linear scale: the longest is ${s.high} ${unit}, the lines are ${s.step} apart. `) +
			(bars.querySelector("thead .key") ? "Colours are shares of the bar." : "");
	};
	/* One search is for the whole page. */
	const tools = document.querySelector(".tools");
	if (!tools)
		return;
	tools.hidden = false;
	const search = tools.querySelector("input[type=search]");
	const told = tools.querySelector("output");
	const items = [...document.querySelectorAll("[data-op]")];
	search.addEventListener("input", () => {
		const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		for (const item of items) {
			const text = item.textContent.toLowerCase();
			item.hidden = !words.every(word => text.includes(word));
			shown += !item.hidden && item.closest("table.ops") ? 1 : 0;
		}
		told.textContent = words.length ? `${shown} shown` : "";
		scale();
	});
	tools.querySelector("select")?.addEventListener("change", e => {
		bars.dataset.scale = e.target.value;
		scale();
	});
	tools.querySelector("input[name=ns]")?.addEventListener("change", e => inNanoseconds(e.target.checked));
})();
