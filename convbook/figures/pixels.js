// Pictures of pixels: a canvas, and above it a drawing that takes marks and pointers.
import { drawing, h, signed } from "./shared.js";

export const U = 10; // units of the drawing for each pixel of the canvas
const MARK = signed(0.75, 1).fill; // seen on black and on white

/** A frame around height x width pixels; corner: [row, column]. */
export const mark = ([row, column], height, width, dashed) =>
  h("rect", { x: column * U, y: row * U, width: width * U, height: height * U, fill: "none", stroke: MARK,
    "stroke-width": 2, "vector-effect": "non-scaling-stroke", "stroke-dasharray": dashed && "3 2" });

/**
 * {node, svg, show, tap}. show([height, width], colour, ...marks): colour(row, column) is a grey from 0 to 255,
 * a list of red, green and blue, or null; tap(use): calls use(row, column) when a pixel is clicked.
 */
export function picture(title) {
  const canvas = h("canvas", { ariaHidden: "true",
    style: "position: absolute; width: 100%; height: 100%; image-rendering: pixelated; background: var(--back)" });
  const svg = drawing(1, 1, title);
  svg.style = "position: relative; margin: 0; overflow: hidden";
  const show = ([height, width], colour, ...marks) => {
    Object.assign(canvas, { height, width });
    svg.setAttribute("viewBox", `0 0 ${width * U} ${height * U}`);
    const context = canvas.getContext("2d");
    const { data } = context.createImageData(width, height);
    for (let i = 0, at = 0; i < height; i++)
      for (let j = 0; j < width; j++, at += 4) {
        const found = colour(i, j);
        if (found == null) continue;
        for (let k = 0; k < 3; k++) data[at + k] = found[k] ?? found;
        data[at + 3] = 255;
      }
    context.putImageData(new ImageData(data, width, height), 0, 0);
    svg.replaceChildren(svg.firstChild, ...marks.flat().filter(Boolean));
  };
  const tap = (use) => svg.addEventListener("click", ({ clientX, clientY }) => {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
    use(Math.floor(y / U), Math.floor(x / U));
  });
  return { node: h("div", { style: "position: relative; line-height: 0" }, canvas, svg), svg, show, tap };
}

/** Tiles of height x width pixels, a pixel between them: corner of the nth, and [n, row, column] of a pixel. */
export const tiling = (count, across, height, width) => ({
  size: [Math.ceil(count / across) * (height + 1) - 1, across * (width + 1) - 1],
  corner: (n) => [Math.floor(n / across) * (height + 1), (n % across) * (width + 1)],
  find: (i, j) =>
    [Math.floor(i / (height + 1)) * across + Math.floor(j / (width + 1)), i % (height + 1), j % (width + 1)],
});
