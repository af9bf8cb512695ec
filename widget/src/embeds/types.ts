// What the service writes for the placeholders. Types only: no byte of this file ships.

/** Module "sekisho:embeds", one for each language. */
export interface EmbedTexts {
  language: string;
  /** "ltr" or "rtl". */
  dir: string;
  messages: Record<string, string>;
  /** As in BannerTexts. */
  css: string;
  /** Whether one embed can be let through by itself: not on pages that carry a policy. */
  once: boolean;
  /** By position in the site's list: the vendors whose content shows in pages. */
  vendors: Record<string, EmbedVendor>;
}

export interface EmbedVendor {
  id: string;
  name: string;
  /** "video-embed", "map-embed", "audio-embed", "social-widget", "comments". */
  kind: string;
  entity: string;
  /** ISO 3166-1 alpha-2; shown by Intl.DisplayNames. */
  country: string;
  receives: string;
  privacy?: string;
  /** Selector of the markup that the vendor's script turns into posts. */
  posts?: string;
}
