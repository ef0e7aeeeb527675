import type { ComponentChildren } from 'preact';

/** A part that scrolls by itself, with the keyboard too. */
export function ScrollRegion({
  label,
  kind = 'feed',
  children,
}: {
  readonly label: string;
  readonly kind?: 'feed' | 'table' | 'fill' | 'page';
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class={`scroll ${kind}`} tabIndex={0} aria-label={`${label}, scrolls`}>
      {children}
    </section>
  );
}
