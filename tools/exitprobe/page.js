/* SPDX-License-Identifier: GPL-2.0-only */
"use strict";
/* The page is whole without this: it sorts, filters, shows ticks in nanoseconds, and sets
 * bars to equal length. */
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
	});
	tools.querySelector("input[name=ns]")?.addEventListener("change", e => inNanoseconds(e.target.checked));
	const share = tools.querySelector("input[name=share]");
	if (share)
		share.addEventListener("change", () =>
			document.body.classList.toggle("share", share.checked));
})();
