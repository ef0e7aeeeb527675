import type { ComponentChildren } from 'preact';

/** A part that scrolls by itself, with the keyboard too. */
export function ScrollRegion({
  label,
  wide = false,
  children,
}: {
  readonly label: string;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class={wide ? 'scroll wide' : 'scroll'} tabIndex={0} aria-label={`${label}, scrolls`}>
      {children}
    </section>
  );
}
