import type { ComponentChildren, JSX } from "preact";

interface SectionProps {
  readonly title: string;
  readonly id: string;
  /** Controls at the end of the line of the title. */
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A titled part of a page. */
export function Section({ title, id, tools, children }: SectionProps): JSX.Element {
  return (
    <section class="panel" aria-labelledby={`${id}-title`} id={id}>
      <div class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {tools}
      </div>
      {children}
    </section>
  );
}
