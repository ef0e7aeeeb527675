import type { ComponentChildren } from 'preact';

/** The way to what is looked at, its own name last. */
export function Crumbs({
  way,
  children,
}: {
  readonly way: readonly (readonly [name: string, href: string])[];
  readonly children?: ComponentChildren;
}) {
  return (
    <nav class="crumbs" aria-label="Where this is">
      <ol>
        {way.map(([name, href]) => (
          <li key={href}>
            <a href={href}>{name}</a>
          </li>
        ))}
        <li aria-current="page">{children}</li>
      </ol>
    </nav>
  );
}
