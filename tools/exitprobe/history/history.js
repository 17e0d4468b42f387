/* SPDX-License-Identifier: GPL-2.0-only */
"use strict";
/* Without this the page has every small plot; with it each opens as a large one with its split. */
(() => {
	const data = JSON.parse(document.getElementById("history-data").textContent);
	const dialog = document.querySelector("dialog.zoom");
	const parts = ["out", "kernel", "user", "halted", "in"];
	const width = 1000, height = 320, count = data.points.length;
	const x = i => width * (i + 0.5) / count;
	const make = (name, attributes, parent) => {
		const e = document.createElementNS("http://www.w3.org/2000/svg", name);
		for (const [key, value] of Object.entries(attributes))
			e.setAttribute(key, value);
		parent?.append(e);
		return e;
	};
	/* Runs of points without a gap. */
	const stretches = of => {
		const list = [];
		of.forEach((v, i) => {
			if (v === null)
				return;
			if (i && of[i - 1] !== null)
				list.at(-1).push(i);
			else
				list.push([i]);
		});
		return list;
	};
	const line = (of, y) => stretches(of).map(s => s.map((i, n) => `${n ? "L" : "M"}${x(i)} ${y(of[i])}`).join("")).join("");
	const area = (low, high, y) => stretches(high).filter(s => s.length > 1).map(s =>
		s.map((i, n) => `${n ? "L" : "M"}${x(i)} ${y(high[i])}`).join("") +
		s.slice().reverse().map(i => `L${x(i)} ${y(low[i])}`).join("") + "Z").join("");
	const short = v => Number(v.toPrecision(6)).toString();

	/* The parts on top of each other, from 0, where they are known. */
	const stack = op => {
		const known = parts.map((name, p) => ({ name, p, values: op.p[p] })).filter(s => s.values.some(v => v));
		let below = op.m.map(v => v === null ? null : 0);
		return known.map(s => {
			const low = below;
			const high = low.map((v, i) => v === null || s.values[i] === null ? v : v + Math.max(0, s.values[i]));
			below = high;
			return { name: s.name, p: s.p, low, high };
		});
	};
	const says = (op, i) => {
		const [runs, id, time, kernel] = data.points[i];
		const value = op.m[i] === null ? "not measured" : `${data.metric} ${short(op.m[i])} ${data.unit} (${short(op.l[i])} to ${short(op.h[i])})`;
		const split = parts.map((name, p) => op.p[p][i] ? `${name} ${op.p[p][i]}` : "").filter(Boolean).join(", ");
		return `${time}, ${runs > 1 ? `${runs} runs from ${id} on` : id}, ${kernel}: ${value}${split ? `; ${split}` : ""}`;
	};
	const span = text => {
		const e = document.createElement("span");
		e.textContent = text;
		return e;
	};
	/* A plot from @low to @high, what it says below it, and where a run is pointed at. */
	const chart = (op, name, low, high, draw) => {
		const y = v => 4 + (height - 8) * (1 - (v - low) / (high - low));
		const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": name });
		draw(svg, y);
		for (const [at, worse] of op.c)
			make("path", { class: worse ? "worse" : "better", d: `M${x(at)} 0V${height}` }, svg);
		const cursor = make("path", { class: "cursor" }, svg);
		const scale = document.createElement("div");
		scale.className = "scale";
		scale.append(span(`${data.points[0][2].slice(0, 10)}, from ${short(low)}`),
			span(`${data.points[count - 1][2].slice(0, 10)}, to ${short(high)} ${data.unit}`));
		return { svg, scale, cursor };
	};
	const open = name => {
		const op = data.ops[name], layers = data.metric === "p50" ? stack(op) : [];
		const known = [...op.l, ...op.h].filter(v => v !== null);
		const charts = [chart(op, `${name}: ${data.metric}`, Math.min(...known) - 1, Math.max(...known) + 1, (svg, y) => {
			make("path", { class: "band", d: area(op.l, op.h, y) }, svg);
			make("path", { class: "line", d: line(op.m, y) }, svg);
			if (count <= 60)
				make("path", { class: "dots", d: op.m.map((v, i) => v === null ? "" : `M${x(i)} ${y(v)}h0`).join("") }, svg);
		})];
		/* The parts from 0, so that their shares can be compared. */
		if (layers.length)
			charts.push(chart(op, `${name}: its split`, 0, Math.max(...layers.flatMap(l => l.high).filter(v => v !== null)) + 1, (svg, y) => {
				for (const l of layers)
					make("path", { class: `area ${l.name}`, d: area(l.low, l.high, y) }, svg);
			}));
		const at = dialog.querySelector(".at");
		const point = i => {
			for (const c of charts)
				c.cursor.setAttribute("d", `M${x(i)} 0V${height}`);
			at.textContent = says(op, i);
		};
		const move = e => {
			const box = e.currentTarget.getBoundingClientRect();
			point(Math.max(0, Math.min(count - 1, Math.floor(count * (e.clientX - box.left) / box.width))));
		};
		for (const { svg } of charts) {
			svg.addEventListener("pointermove", move);
			svg.addEventListener("pointerdown", move);
		}
		dialog.querySelector("h2").textContent = name;
		dialog.querySelector(".large").replaceChildren(...charts.flatMap(c => [c.svg, c.scale]));
		for (const key of dialog.querySelectorAll("[data-part]"))
			key.hidden = !layers.some(l => l.p === Number(key.dataset.part));
		dialog.querySelector(".told").replaceChildren(...op.c.map(([, , time, words, differences]) => {
			const item = document.createElement("li");
			item.textContent = `${time}: ${words}${differences ? `; with it: ${differences}` : ""}`;
			return item;
		}));
		point(count - 1);
		dialog.showModal();
	};
	for (const figure of document.querySelectorAll("#plots figure")) {
		const name = figure.querySelector(".op"), button = document.createElement("button");
		button.type = "button";
		button.append(...name.childNodes);
		button.title = "larger, with its split";
		name.append(button);
		button.addEventListener("click", () => open(figure.dataset.op));
		figure.querySelector("svg").addEventListener("click", () => open(figure.dataset.op));
	}
})();
