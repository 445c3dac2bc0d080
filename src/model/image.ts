/** What a reference means in one runtime's own store. */
export interface Image {
  /** Of the image itself: `sha256:…`. Two ids that differ are two images. */
  readonly id: string;
  /** Under which a registry gave it: `sha256:…`; absent for what no registry knows. */
  readonly digest?: string;
  /** Of all its layers; absent where the store does not tell. */
  readonly sizeBytes?: number;
}
