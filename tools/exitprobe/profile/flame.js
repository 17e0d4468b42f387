/* SPDX-License-Identifier: GPL-2.0-only */
"use strict";
/* A flame graph is whole without this: it zooms, searches, and cuts names to fit. */
(() => {
	const SVG = "http://www.w3.org/2000/svg", HTML = "http://www.w3.org/1999/xhtml";
	const ROOM = 66; /* for search field and details, px */
	const make = (space, name, parent, attributes = {}) => {
		const made = parent.appendChild(document.createElementNS(space, name));
		for (const [key, value] of Object.entries(attributes))
			made.setAttribute(key, value);
		return made;
	};

	const graph = svg => {
		const plot = svg.querySelector(".boxes"), number = (e, name) => parseFloat(e.getAttribute(name));
		const boxes = [...plot.querySelectorAll("svg")].map(svg => {
			const title = svg.querySelector("title").textContent, end = title.lastIndexOf(": ");
			return { svg, title, name: title.slice(0, end), figures: title.slice(end + 2),
				x: number(svg, "x"), width: number(svg, "width"), y: number(svg, "y"),
				text: svg.querySelector("text") ?? make(SVG, "text", svg, { x: 3, y: 14 }) };
		});
		if (!boxes.length)
			return;
		/* On its own it is as wide as the window; in an <img>, without script, as it says. */
		if (svg === document.documentElement)
			svg.setAttribute("width", "100%");
		const root = boxes[0];
		let focus = root;

		/* Search, a way back, and what is pointed at: a finger has no hover. */
		const top = number(plot, "y");
		plot.setAttribute("y", top + ROOM);
		svg.setAttribute("height", number(svg, "height") + ROOM);
		svg.setAttribute("role", "group");
		const room = make(SVG, "foreignObject", svg, { x: 0, y: top - 4, width: "100%", height: 30 });
		const row = make(HTML, "div", room);
		const search = make(HTML, "input", row, { type: "search", placeholder: "find function",
			"aria-label": "find function" });
		const whole = make(HTML, "button", row, { type: "button", hidden: "" });
		whole.textContent = "whole exit";
		const name = make(SVG, "text", svg, { x: 4, y: top + 40, "font-weight": "bold" });
		const figures = make(SVG, "text", svg, { x: 4, y: top + 54, class: "quiet" });
		name.setAttribute("aria-live", "polite");
		const tell = (first, second) => {
			name.textContent = first;
			figures.textContent = second;
		};

		const letter = () => {
			const probe = make(SVG, "text", svg);
			probe.textContent = "m".repeat(50);
			const width = probe.getComputedTextLength() / 50;
			probe.remove();
			return width > 0 ? width : 6.7;
		};
		const lay = () => {
			const wide = plot.getBoundingClientRect().width || svg.getBoundingClientRect().width;
			const each = letter();
			for (const box of boxes) {
				const above = box !== focus && box.y > focus.y && box.x <= focus.x + 1e-3 &&
					box.x + box.width >= focus.x + focus.width - 1e-3;
				const x = above ? 0 : (box.x - focus.x) / focus.width * 100;
				const width = above ? 100 : box.width / focus.width * 100;
				const shown = above || (x > -1e-3 && x < 100 - 1e-6 && x + width < 100 + 1e-2 && box.y <= focus.y);
				box.svg.setAttribute("display", shown ? "inline" : "none");
				box.svg.classList.toggle("up", above);
				if (!shown)
					continue;
				box.svg.setAttribute("x", `${x}%`);
				box.svg.setAttribute("width", `${width}%`);
				const letters = Math.floor((width / 100 * wide - 6) / each);
				box.text.textContent = letters >= box.name.length ? box.name : letters < 3 ? "" :
					`${box.name.slice(0, letters - 1)}\u2026`;
			}
			whole.hidden = focus === root;
		};
		const zoom = box => {
			focus = box;
			tell(box.name, box.figures);
			lay();
		};
		const rest = () => tell("whole exit", "a tap or click zooms, the search marks");

		/* What is in a box that was found is counted with it. */
		const find = () => {
			const wanted = search.value.trim().toLowerCase();
			const found = boxes.filter(box => wanted && box.name.toLowerCase().includes(wanted));
			let share = 0, end = -1;
			for (const box of boxes)
				box.svg.classList.toggle("found", found.includes(box));
			for (const box of [...found].sort((a, b) => a.x - b.x || b.width - a.width)) {
				if (box.x + box.width <= end + 1e-6)
					continue;
				share += box.width;
				end = box.x + box.width;
			}
			if (wanted)
				tell(`${found.length} found`, `${(share * 100 / root.width).toFixed(1)} % of the exit, with callees`);
			else
				rest();
			return found;
		};
		search.addEventListener("input", find);
		search.addEventListener("keydown", e => {
			if (e.key !== "Enter")
				return;
			const widest = find().sort((a, b) => b.width - a.width)[0];
			if (widest)
				zoom(widest);
		});
		whole.addEventListener("click", () => zoom(root));
		svg.addEventListener("keydown", e => {
			if (e.key === "Escape")
				zoom(root);
		});
		for (const box of boxes) {
			box.svg.addEventListener("click", () => zoom(box === focus ? root : box));
			box.svg.addEventListener("pointerenter", () => tell(box.name, box.figures));
		}
		rest();
		lay();
		new ResizeObserver(lay).observe(svg);
	};
	for (const svg of document.querySelectorAll("svg.flame"))
		graph(svg);
})();
