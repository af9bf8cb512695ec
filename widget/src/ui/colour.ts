// Contrast as WCAG 2.2 computes it, for an accent that a site may choose freely.
// A colour is the number 0xrrggbb.

/** Relative luminance, 0 to 1. */
export const luminance = (colour: number) =>
  [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const part = ((colour >> (16 - 8 * i)) & 255) / 255;
    return sum + weight * (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92);
  }, 0);

/** Contrast of two colours, 1 to 21. */
export const contrast = (a: number, b: number) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

/** Black or white, whichever reads better on the colour: always 4.5 or more. */
export const textOn = (colour: number) => (contrast(colour, 0) > contrast(colour, 0xffffff) ? 0 : 0xffffff);

/** The colour, made darker or lighter in its own hue until it stands out from the ground by 4.5. */
export function readable(colour: number, ground: number): number {
  const lighter = textOn(ground);
  while (contrast(colour, ground) < 4.5) {
    colour = [16, 8, 0].reduce((mixed, shift) => {
      const part = (colour >> shift) & 255;
      // The 4 and the rounding see to it that black gets lighter too and that the loop ends.
      return mixed | (Math.min(255, lighter ? part * 1.06 + 4 : part * 0.94) << shift);
    }, 0);
  }
  return colour;
}

/** As CSS writes it. */
export const hex = (colour: number) => '#' + colour.toString(16).padStart(6, '0');
