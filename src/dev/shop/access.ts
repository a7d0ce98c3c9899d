/** The database that the clients of a shop write to. */
export interface ShopAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}
